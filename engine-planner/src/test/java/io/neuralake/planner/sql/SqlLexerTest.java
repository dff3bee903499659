package io.neuralake.planner.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.planner.sql.SqlLexer.Statement;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;

class SqlLexerTest {
    private static List<String> texts(String script) {
        List<Statement> statements = SqlLexer.split(script);
        assertThat(statements)
                .allSatisfy(
                        s ->
                                assertThat(script.substring(s.start()))
                                        .as("start of each statement")
                                        .startsWith(s.text()));
        return statements.stream().map(Statement::text).toList();
    }

    @Test
    void splitMindsQuotesAndComments() {
        assertThat(
                        texts(
                                "select ';'; -- a;b\n"
                                        + "select \"x;\" /* ; */ ;; select $$;$$, $a$;$a$; select"
                                        + " e'\\';'"))
                .containsExactly(
                        "select ';'",
                        "-- a;b\nselect \"x;\" /* ; */",
                        "select $$;$$, $a$;$a$",
                        "select e'\\';'");
    }

    @Test
    void lastSemicolonIsOptional() {
        assertThat(texts("select 1; select 2")).containsExactly("select 1", "select 2");
        assertThat(texts("select 1; select 2;")).containsExactly("select 1", "select 2");
        assertThat(texts("\n select 1 ;\n\n")).containsExactly("select 1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " \n", ";", " ; ;\n;", "-- nothing", "/* ; */", "-- a;\n;/* b */;"})
    void spaceAndCommentsAreNoStatements(String script) {
        assertThat(texts(script)).isEmpty();
    }

    @Test
    void quotesWithinQuotesDoNotEndThem() {
        assertThat(texts("select 'it''s;', \"a\"\";\"; select '--;', '/*;'"))
                .containsExactly("select 'it''s;', \"a\"\";\"", "select '--;', '/*;'");
        assertThat(texts("select $q$ $$;$$ ; $q$; select 1"))
                .containsExactly("select $q$ $$;$$ ; $q$", "select 1");
        assertThat(texts("select '\\'; select 1"))
                .as("a backslash is none of a plain string's business")
                .containsExactly("select '\\'", "select 1");
    }

    @Test
    void parametersAreNoDollarQuotes() {
        assertThat(texts("select $1; select $2")).containsExactly("select $1", "select $2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"select 'a; b", "select \"a; b", "select $$ a; b", "select 1 /* ; b"})
    void whatIsNotClosedReachesToTheEnd(String script) {
        assertThat(texts(script)).containsExactly(script);
    }

    @Test
    void statementsStartWhereTheyStandInTheScript() {
        assertThat(SqlLexer.split("select x; /* select x */;\n select x;"))
                .containsExactly(new Statement("select x", 0), new Statement("select x", 27));
    }

    @Test
    void tokensHavePositions() {
        assertThat(SqlLexer.tokens("a\n  'x\ny' -- c\n\"b\"\"\" 1.5e3"))
                .extracting(
                        t ->
                                t.kind()
                                        + " "
                                        + t.name()
                                        + " "
                                        + t.position().line()
                                        + ":"
                                        + t.position().column())
                .containsExactly(
                        "WORD a 1:1",
                        "STRING 'x\ny' 2:3",
                        "QUOTED_NAME b\" 4:1",
                        "NUMBER 1.5e3 4:7");
    }
}
