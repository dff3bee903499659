package io.neuralake.storage.s3;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;

/// Turns the SDK's exceptions into this project's.
final class S3Errors {
    static final int NOT_FOUND = 404;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int CONFLICT = 409;
    private static final int PRECONDITION_FAILED = 412;
    private static final int RANGE_NOT_SATISFIABLE = 416;
    private static final int NOT_IMPLEMENTED = 501;
    private static final int SERVER_ERROR = 500;

    private S3Errors() {}

    static boolean isNotFound(SdkException e) {
        return e instanceof AwsServiceException service
                && service.statusCode() == NOT_FOUND
                && !code(service).equals("NoSuchBucket");
    }

    /// Tells whether a condition of a request was not fulfilled. Some stores say so in an answer of status 200.
    static boolean isPreconditionFailed(SdkException e) {
        return e instanceof AwsServiceException service
                && (service.statusCode() == PRECONDITION_FAILED
                        || code(service).equals("PreconditionFailed"));
    }

    /// Tells whether the store does not know what a request asks for.
    static boolean isNotImplemented(SdkException e) {
        return e instanceof AwsServiceException service
                && (service.statusCode() == NOT_IMPLEMENTED
                        || code(service).equals("NotImplemented"));
    }

    /// Tells whether the same request may succeed a moment later: another writer is at work (409), the store is
    /// overloaded or out of order, or nobody knows what became of the request.
    static boolean isTemporary(SdkException e) {
        if (e instanceof AwsServiceException service) {
            return service.statusCode() == CONFLICT && !code(service).equals("BucketAlreadyExists")
                    || service.isThrottlingException()
                    || service.statusCode() >= SERVER_ERROR && !isNotImplemented(e);
        }
        return !isWithoutCredentials(e);
    }

    private static boolean isWithoutCredentials(SdkException e) {
        String message = String.valueOf(e.getMessage());
        return e instanceof SdkClientException && message.contains("credentials");
    }

    private static String code(AwsServiceException e) {
        AwsErrorDetails details = e.awsErrorDetails();
        String code = details == null ? null : details.errorCode();
        return code == null ? "" : code;
    }

    /// Makes the error of a request.
    ///
    /// @param action what was to be done, as in `Cannot read: s3://bucket/key`
    static NeuralakeException of(String action, S3Path path, SdkException e) {
        if (e instanceof AwsServiceException service) {
            return of(action, path, service);
        }
        return isWithoutCredentials(e)
                ? new NeuralakeException(
                        ErrorCode.PERMISSION_DENIED,
                        "No credentials to "
                                + action
                                + ": "
                                + path
                                + "; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile"
                                + " in ~/.aws",
                        e)
                : new NeuralakeException(
                        ErrorCode.STORAGE_ERROR,
                        "Cannot " + action + ": " + path + ": " + e.getMessage(),
                        e);
    }

    private static NeuralakeException of(String action, S3Path path, AwsServiceException e) {
        return switch (e.statusCode()) {
            case NOT_FOUND ->
                    new NeuralakeException(
                            ErrorCode.FILE_NOT_FOUND,
                            code(e).equals("NoSuchBucket")
                                    ? "Bucket not found: " + path.bucket()
                                    : "File not found: " + path,
                            e);
            case UNAUTHORIZED, FORBIDDEN ->
                    new NeuralakeException(
                            ErrorCode.PERMISSION_DENIED,
                            "Not allowed to " + action + ": " + path + ": " + text(e),
                            e);
            case RANGE_NOT_SATISFIABLE ->
                    new NeuralakeException(
                            ErrorCode.CORRUPT_FILE, "File ends too early: " + path, e);
            default ->
                    new NeuralakeException(
                            ErrorCode.STORAGE_ERROR,
                            "Cannot " + action + ": " + path + ": " + text(e),
                            e);
        };
    }

    private static String text(AwsServiceException e) {
        AwsErrorDetails details = e.awsErrorDetails();
        String message = details == null ? null : details.errorMessage();
        return "status "
                + e.statusCode()
                + (code(e).isEmpty() ? "" : ", " + code(e))
                + (message == null || message.isEmpty() ? "" : ", " + message);
    }
}
