<#-- Productions of our own. They build plain Calcite nodes; the dialect gives them meaning. -->

/** Parses the infix cast of PostgreSQL, "e::type". */
void InfixCast(List<Object> list, ExprContext exprContext, Span s) :
{
    final SqlDataTypeSpec dt;
}
{
    <INFIX_CAST> {
        checkNonQueryExpression(exprContext);
        s.clear().add(this);
    }
    dt = DataType() {
        list.add(
            new SqlParserUtil.ToTreeListItem(SqlLibraryOperators.INFIX_CAST, s.pos()));
        list.add(dt);
    }
}

/** Parses "e AT TIME ZONE zone". */
void AtTimeZone(List<Object> list, ExprContext exprContext, Span s) :
{
}
{
    <AT> {
        checkNonQueryExpression(exprContext);
        s.clear().add(this);
    }
    <TIME> <ZONE> {
        list.add(new SqlParserUtil.ToTreeListItem(DialectOperators.AT_TIME_ZONE, s.pos()));
    }
    AddExpression2b(list, ExprContext.ACCEPT_SUB_QUERY)
}

JoinType LeftSemiJoin() :
{
}
{
    <LEFT> <SEMI> <JOIN> { return JoinType.LEFT_SEMI_JOIN; }
}

JoinType SemiJoin() :
{
}
{
    <SEMI> <JOIN> { return JoinType.LEFT_SEMI_JOIN; }
}

JoinType LeftAntiJoin() :
{
}
{
    <LEFT> <ANTI> <JOIN> { return JoinType.LEFT_ANTI_JOIN; }
}

JoinType AntiJoin() :
{
}
{
    <ANTI> <JOIN> { return JoinType.LEFT_ANTI_JOIN; }
}

/** Parses a literal that begins with its type, "INTEGER '1'". */
SqlNode TypedLiteral() :
{
    final SqlDataTypeSpec type;
    final Span s;
    final SqlNode text;
}
{
    type = DataType() { s = span(); }
    text = StringLiteral() {
        return SqlStdOperatorTable.CAST.createCall(s.add(type).end(this), text, type);
    }
}

/** Parses a list literal, "[1, 2]". */
SqlNode ListLiteral() :
{
    final List<SqlNode> args = new ArrayList<SqlNode>();
    final Span s;
}
{
    <LBRACKET> { s = span(); }
    [
        AddExpression(args, ExprContext.ACCEPT_NON_QUERY)
        (
            LOOKAHEAD({ moreItems() })
            <COMMA> AddExpression(args, ExprContext.ACCEPT_NON_QUERY)
        )*
        TrailingComma()
    ]
    <RBRACKET> {
        return SqlStdOperatorTable.ARRAY_VALUE_CONSTRUCTOR.createCall(s.end(this), args);
    }
}

/** Parses a map literal, "MAP {'a': 1}". */
SqlNode MapLiteral() :
{
    final List<SqlNode> keys = new ArrayList<SqlNode>();
    final List<SqlNode> values = new ArrayList<SqlNode>();
    final Span s;
}
{
    <MAP> { s = span(); }
    <LBRACE>
    [
        AddMapEntry(keys, values)
        (
            LOOKAHEAD({ moreItems() })
            <COMMA> AddMapEntry(keys, values)
        )*
        TrailingComma()
    ]
    <RBRACE> {
        final SqlParserPos pos = s.end(this);
        return SqlLibraryOperators.MAP.createCall(pos,
            SqlStdOperatorTable.ARRAY_VALUE_CONSTRUCTOR.createCall(pos, keys),
            SqlStdOperatorTable.ARRAY_VALUE_CONSTRUCTOR.createCall(pos, values));
    }
}

void AddMapEntry(List<SqlNode> keys, List<SqlNode> values) :
{
}
{
    AddExpression(keys, ExprContext.ACCEPT_SUB_QUERY)
    <COLON>
    AddExpression(values, ExprContext.ACCEPT_SUB_QUERY)
}

/** Parses a struct literal, "{'a': 1, b: 2}". */
SqlNode StructLiteral() :
{
    final List<SqlNode> args = new ArrayList<SqlNode>();
    final Span s;
}
{
    <LBRACE> { s = span(); }
    AddStructMember(args)
    (
        LOOKAHEAD({ moreItems() })
        <COMMA> AddStructMember(args)
    )*
    TrailingComma()
    <RBRACE> {
        return createCall(new SqlIdentifier("struct_pack", s.pos()), s.end(this),
            SqlFunctionCategory.USER_DEFINED_FUNCTION, null, args);
    }
}

void AddStructMember(List<SqlNode> list) :
{
    final SqlIdentifier name;
    final SqlNode e;
}
{
    (
        name = SimpleIdentifier()
    |
        <QUOTED_STRING> {
            name = new SqlIdentifier(SqlParserUtil.parseString(token.image), getPos());
        }
    )
    <COLON>
    e = Expression(ExprContext.ACCEPT_SUB_QUERY) {
        list.add(
            SqlStdOperatorTable.ARGUMENT_ASSIGNMENT.createCall(
                Span.of(name, e).pos(), e, name));
    }
}

/** Parses a comma that nothing follows, if there is one. */
void TrailingComma() :
{
}
{
    [ LOOKAHEAD({ getToken(1).kind == COMMA && !moreItems() }) <COMMA> ]
}

/** Parses "FROM t SELECT a" and "FROM t". */
SqlSelect FromFirst() :
{
    final List<SqlLiteral> keywords = new ArrayList<SqlLiteral>();
    SqlLiteral keyword;
    final List<SqlNode> selectList = new ArrayList<SqlNode>();
    final SqlNode fromClause;
    final SqlNode where;
    final SqlNodeList groupBy;
    final SqlNode having;
    final SqlNodeList windowDecls;
    final SqlNode qualify;
    final Span s;
}
{
    <FROM> { s = span(); }
    fromClause = FromClause()
    [
        <SELECT>
        [ keyword = AllOrDistinct() { keywords.add(keyword); } ]
        AddSelectItem(selectList)
        ( LOOKAHEAD({ moreItems() }) <COMMA> AddSelectItem(selectList) )*
        TrailingComma()
    ]
    ( where = Where() | { where = null; } )
    ( groupBy = GroupBy() | { groupBy = null; } )
    ( having = Having() | { having = null; } )
    ( windowDecls = Window() | { windowDecls = null; } )
    ( qualify = Qualify() | { qualify = null; } )
    {
        if (selectList.isEmpty()) {
            selectList.add(SqlIdentifier.star(s.pos()));
        }
        return new SqlSelect(s.end(this), new SqlNodeList(keywords, s.pos()),
            new SqlNodeList(selectList, Span.of(selectList).pos()),
            fromClause, where, groupBy, having, windowDecls, qualify,
            null, null, null, SqlNodeList.EMPTY);
    }
}
