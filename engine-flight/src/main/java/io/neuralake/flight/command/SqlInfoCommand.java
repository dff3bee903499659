package io.neuralake.flight.command;

import io.neuralake.exec.function.ScalarFunctions;
import io.neuralake.exec.function.ScalarSignature;

import org.apache.arrow.flight.FlightProducer.ServerStreamListener;
import org.apache.arrow.flight.sql.SqlInfoBuilder;
import org.apache.arrow.flight.sql.impl.FlightSql.CommandGetSqlInfo;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlInfo;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlNullOrdering;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlOuterJoinsSupportLevel;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlSupportedCaseSensitivity;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlSupportedElementActions;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlSupportedGroupBy;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlSupportedResultSetType;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlSupportedSubqueries;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlSupportedTransaction;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlSupportedUnions;
import org.apache.arrow.flight.sql.impl.FlightSql.SqlTransactionIsolationLevel;
import org.apache.arrow.flight.sql.impl.FlightSql.SupportedAnsi92SqlGrammarLevel;
import org.apache.arrow.flight.sql.impl.FlightSql.SupportedSqlGrammar;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// Tells clients what the server is and can do.
public final class SqlInfoCommand {
    private static final String[] KEYWORDS = {
        "ASOF", "EXCLUDE", "ILIKE", "QUALIFY", "REPLACE", "SUMMARIZE", "TRY_CAST", "UNNEST"
    };
    private static final long NO_LIMIT = 0;

    private final SqlInfoBuilder info;

    /// Describes a server of this version.
    public SqlInfoCommand(String version) {
        info = server(new SqlInfoBuilder(), version);
        syntax(info);
        abilities(info);
        functions(info);
        limits(info);
    }

    private static SqlInfoBuilder server(SqlInfoBuilder builder, String version) {
        return builder.withFlightSqlServerName("Neuralake")
                .withFlightSqlServerVersion(version)
                .withFlightSqlServerArrowVersion(arrowVersion())
                .withFlightSqlServerReadOnly(false)
                .withFlightSqlServerSql(true)
                .withFlightSqlServerSubstrait(false)
                .withFlightSqlServerSubstraitMinVersion("")
                .withFlightSqlServerSubstraitMaxVersion("")
                .withFlightSqlServerTransaction(
                        SqlSupportedTransaction.SQL_SUPPORTED_TRANSACTION_TRANSACTION)
                .withFlightSqlServerCancel(true)
                .withFlightSqlServerBulkIngestion(true)
                .withFlightSqlServerBulkIngestionTransaction(true)
                .withFlightSqlServerStatementTimeout(0)
                .withFlightSqlServerTransactionTimeout(0);
    }

    private static String arrowVersion() {
        String version =
                org.apache.arrow.vector.FieldVector.class.getPackage().getImplementationVersion();
        return version == null ? "unknown" : version;
    }

    private static void syntax(SqlInfoBuilder builder) {
        builder.withSqlIdentifierQuoteChar("\"")
                .withSqlSearchStringEscape("\\")
                .withSqlExtraNameCharacters("")
                .withSqlSchemaTerm("schema")
                .withSqlCatalogTerm("catalog")
                .withSqlProcedureTerm("procedure")
                .withSqlKeywords(KEYWORDS)
                .withSqlIdentifierCase(
                        SqlSupportedCaseSensitivity.SQL_CASE_SENSITIVITY_CASE_INSENSITIVE)
                .withSqlQuotedIdentifierCase(
                        SqlSupportedCaseSensitivity.SQL_CASE_SENSITIVITY_CASE_INSENSITIVE)
                .withSqlNullOrdering(SqlNullOrdering.SQL_NULLS_SORTED_HIGH)
                .withSqlSupportedGrammar(
                        SupportedSqlGrammar.SQL_MINIMUM_GRAMMAR,
                        SupportedSqlGrammar.SQL_CORE_GRAMMAR,
                        SupportedSqlGrammar.SQL_EXTENDED_GRAMMAR)
                .withSqlAnsi92SupportedLevel(SupportedAnsi92SqlGrammarLevel.ANSI92_ENTRY_SQL)
                .withSqlCatalogAtStart(true)
                .withSqlSupportsLikeEscapeClause(true)
                .withSqlSupportsConvert(Map.of());
    }

    private static void abilities(SqlInfoBuilder builder) {
        builder.withSqlDdlCatalog(false)
                .withSqlDdlSchema(false)
                .withSqlDdlTable(true)
                .withSqlAllTablesAreSelectable(true)
                .withSqlSupportsColumnAliasing(true)
                .withSqlNullPlusNullIsNull(true)
                .withSqlSupportsTableCorrelationNames(true)
                .withSqlSupportsDifferentTableCorrelationNames(false)
                .withSqlSupportsExpressionsInOrderBy(true)
                .withSqlSupportsOrderByUnrelated(true)
                .withSqlSupportedGroupBy(
                        SqlSupportedGroupBy.SQL_GROUP_BY_UNRELATED,
                        SqlSupportedGroupBy.SQL_GROUP_BY_BEYOND_SELECT)
                .withSqlSupportsNonNullableColumns(true)
                .withSqlSupportsIntegrityEnhancementFacility(false)
                .withSqlOuterJoinSupportLevel(SqlOuterJoinsSupportLevel.SQL_FULL_OUTER_JOINS)
                .withSqlSchemasSupportedActions(new SqlSupportedElementActions[0])
                .withSqlCatalogsSupportedActions(new SqlSupportedElementActions[0])
                .withSqlSupportedPositionedCommands()
                .withSqlSelectForUpdateSupported(false)
                .withSqlStoredProceduresSupported(false)
                .withSqlSubQueriesSupported(
                        SqlSupportedSubqueries.SQL_SUBQUERIES_IN_COMPARISONS,
                        SqlSupportedSubqueries.SQL_SUBQUERIES_IN_EXISTS,
                        SqlSupportedSubqueries.SQL_SUBQUERIES_IN_INS,
                        SqlSupportedSubqueries.SQL_SUBQUERIES_IN_QUANTIFIEDS)
                .withSqlCorrelatedSubqueriesSupported(true)
                .withSqlSupportedUnions(
                        SqlSupportedUnions.SQL_UNION, SqlSupportedUnions.SQL_UNION_ALL)
                .withSqlMaxRowSizeIncludesBlobs(true)
                // This code and the default level are what JDBC and ODBC ask. Their stock drivers
                // tell the
                // server of no commit and no rollback, so tools must not offer them; SQL and
                // transactions of Flight SQL are there, as FLIGHT_SQL_SERVER_TRANSACTION says.
                .withSqlTransactionsSupported(false)
                .withSqlDefaultTransactionIsolation(
                        SqlTransactionIsolationLevel.SQL_TRANSACTION_NONE_VALUE)
                .withSqlSupportedTransactionsIsolationLevels(
                        SqlTransactionIsolationLevel.SQL_TRANSACTION_NONE,
                        SqlTransactionIsolationLevel.SQL_TRANSACTION_REPEATABLE_READ)
                .withSqlDataDefinitionCausesTransactionCommit(false)
                .withSqlDataDefinitionsInTransactionsIgnored(false)
                .withSqlSupportedResultSetTypes(
                        SqlSupportedResultSetType.SQL_RESULT_SET_TYPE_FORWARD_ONLY)
                .withSqlBatchUpdatesSupported(true)
                .withSqlSavepointsSupported(false)
                .withSqlNamedParametersSupported(false)
                .withSqlLocatorsUpdateCopy(false)
                .withSqlStoredFunctionsUsingCallSyntaxSupported(false);
    }

    private static void functions(SqlInfoBuilder builder) {
        builder.withSqlNumericFunctions(
                        known(
                                "abs",
                                "acos",
                                "asin",
                                "atan",
                                "atan2",
                                "cbrt",
                                "ceil",
                                "cos",
                                "degrees",
                                "exp",
                                "floor",
                                "ln",
                                "log10",
                                "modulus",
                                "pi",
                                "power",
                                "radians",
                                "random",
                                "round",
                                "sign",
                                "sin",
                                "sqrt",
                                "tan",
                                "truncate"))
                .withSqlStringFunctions(
                        known(
                                "ascii",
                                "chr",
                                "concat",
                                "concat_ws",
                                "ends_with",
                                "initcap",
                                "left",
                                "length",
                                "lower",
                                "lpad",
                                "ltrim",
                                "position",
                                "repeat",
                                "replace",
                                "reverse",
                                "right",
                                "rpad",
                                "rtrim",
                                "split_part",
                                "starts_with",
                                "substring",
                                "translate",
                                "trim",
                                "upper"))
                .withSqlDatetimeFunctions(
                        known(
                                "current_date",
                                "current_time",
                                "current_timestamp",
                                "date_trunc",
                                "last_day",
                                "localtime",
                                "localtimestamp",
                                "make_date"))
                .withSqlSystemFunctions(known("coalesce", "hash", "typeof", "uuid"));
    }

    /// Returns those of the names that the catalogue of functions has.
    private static String[] known(String... names) {
        List<String> all = ScalarFunctions.all().stream().map(ScalarSignature::name).toList();
        return Arrays.stream(names).filter(all::contains).toArray(String[]::new);
    }

    private static void limits(SqlInfoBuilder builder) {
        builder.withSqlMaxBinaryLiteralLength(NO_LIMIT)
                .withSqlMaxCharLiteralLength(NO_LIMIT)
                .withSqlMaxColumnNameLength(NO_LIMIT)
                .withSqlMaxColumnsInGroupBy(NO_LIMIT)
                .withSqlMaxColumnsInIndex(NO_LIMIT)
                .withSqlMaxColumnsInOrderBy(NO_LIMIT)
                .withSqlMaxColumnsInSelect(NO_LIMIT)
                .withSqlMaxColumnsInTable(NO_LIMIT)
                .withSqlMaxConnections(NO_LIMIT)
                .withSqlMaxCursorNameLength(NO_LIMIT)
                .withSqlMaxIndexLength(NO_LIMIT)
                .withSqlDbSchemaNameLength(NO_LIMIT)
                .withSqlMaxProcedureNameLength(NO_LIMIT)
                .withSqlMaxCatalogNameLength(NO_LIMIT)
                .withSqlMaxRowSize(NO_LIMIT)
                .withSqlMaxStatementLength(NO_LIMIT)
                .withSqlMaxStatements(NO_LIMIT)
                .withSqlMaxTableNameLength(NO_LIMIT)
                .withSqlMaxTablesInSelect(NO_LIMIT)
                .withSqlMaxUsernameLength(NO_LIMIT);
    }

    /// Sends the codes asked for, or all. Codes that the library's builder cannot express are left out,
    /// as the specification has it for codes that a server does not know.
    public synchronized void send(CommandGetSqlInfo command, ServerStreamListener client) {
        List<Integer> asked = command.getInfoList();
        info.send(
                Arrays.stream(SqlInfo.values())
                        .filter(SqlInfoCommand::isKnown)
                        .map(SqlInfo::getNumber)
                        .filter(code -> asked.isEmpty() || asked.contains(code))
                        .toList(),
                client);
    }

    private static boolean isKnown(SqlInfo code) {
        return code != SqlInfo.UNRECOGNIZED
                && !code.name().startsWith("SQL_SUPPORTED_CONCURRENCIES_FOR_RESULT_SET");
    }
}
