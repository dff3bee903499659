package io.neuralake.spi.error;

/// Names every error that reaches a user, with its SQLSTATE (ISO/IEC 9075-2 subclass codes, with
/// PostgreSQL's extensions).
public enum ErrorCode {
    SYNTAX_ERROR(ErrorKind.USER, "42601"),
    TABLE_NOT_FOUND(ErrorKind.USER, "42P01"),
    COLUMN_NOT_FOUND(ErrorKind.USER, "42703"),
    AMBIGUOUS_COLUMN(ErrorKind.USER, "42702"),
    FUNCTION_NOT_FOUND(ErrorKind.USER, "42883"),
    SCHEMA_NOT_FOUND(ErrorKind.USER, "3F000"),
    CATALOG_NOT_FOUND(ErrorKind.USER, "3D000"),
    TYPE_MISMATCH(ErrorKind.USER, "42804"),
    CANNOT_COERCE(ErrorKind.USER, "42846"),
    GROUPING_ERROR(ErrorKind.USER, "42803"),
    WINDOWING_ERROR(ErrorKind.USER, "42P20"),
    DUPLICATE_NAME(ErrorKind.USER, "42701"),
    INVALID_PARAMETER(ErrorKind.USER, "22023"),
    UNBOUND_PARAMETER(ErrorKind.USER, "07001"),
    DIVISION_BY_ZERO(ErrorKind.USER, "22012"),
    NUMERIC_OUT_OF_RANGE(ErrorKind.USER, "22003"),
    INVALID_TEXT(ErrorKind.USER, "22P02"),
    INVALID_DATETIME(ErrorKind.USER, "22007"),
    DATETIME_OVERFLOW(ErrorKind.USER, "22008"),
    INVALID_REGULAR_EXPRESSION(ErrorKind.USER, "2201B"),
    INVALID_ESCAPE(ErrorKind.USER, "22025"),
    SUBSCRIPT_ERROR(ErrorKind.USER, "2202E"),
    CARDINALITY_VIOLATION(ErrorKind.USER, "21000"),
    NOT_NULL_VIOLATION(ErrorKind.USER, "23502"),
    CHECK_VIOLATION(ErrorKind.USER, "23514"),
    TABLE_EXISTS(ErrorKind.USER, "42P07"),
    ACTIVE_TRANSACTION(ErrorKind.USER, "25001"),
    NO_ACTIVE_TRANSACTION(ErrorKind.USER, "25P01"),
    FAILED_TRANSACTION(ErrorKind.USER, "25P02"),
    TRANSACTION_CONFLICT(ErrorKind.USER, "40001"),
    COMMIT_UNKNOWN(ErrorKind.EXTERNAL, "40003"),
    UNSUPPORTED(ErrorKind.USER, "0A000"),
    PERMISSION_DENIED(ErrorKind.USER, "42501"),
    AUTHENTICATION_FAILED(ErrorKind.USER, "28000"),
    INVALID_STATEMENT_HANDLE(ErrorKind.USER, "26000"),
    CANCELLED(ErrorKind.USER, "57014"),
    CONNECTION_FAILED(ErrorKind.EXTERNAL, "08001"),
    CONNECTION_LOST(ErrorKind.EXTERNAL, "08006"),
    SHUTTING_DOWN(ErrorKind.EXTERNAL, "57P01"),
    OUT_OF_MEMORY(ErrorKind.INSUFFICIENT_RESOURCES, "53200"),
    DISK_FULL(ErrorKind.INSUFFICIENT_RESOURCES, "53100"),
    QUEUE_FULL(ErrorKind.INSUFFICIENT_RESOURCES, "53000"),
    STATEMENT_TOO_COMPLEX(ErrorKind.USER, "54001"),
    FILE_NOT_FOUND(ErrorKind.USER, "58P01"),
    STORAGE_ERROR(ErrorKind.EXTERNAL, "58030"),
    CORRUPT_FILE(ErrorKind.EXTERNAL, "XX001"),
    INTERNAL_ERROR(ErrorKind.INTERNAL, "XX000");

    private final ErrorKind kind;
    private final String sqlState;

    ErrorCode(ErrorKind kind, String sqlState) {
        this.kind = kind;
        this.sqlState = sqlState;
    }

    /// Returns who can act on the error.
    public ErrorKind kind() {
        return kind;
    }

    /// Returns the five-character SQLSTATE.
    public String sqlState() {
        return sqlState;
    }
}
