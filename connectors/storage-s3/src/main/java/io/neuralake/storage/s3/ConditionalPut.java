package io.neuralake.storage.s3;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Writes objects that must not be there yet, by `If-None-Match: *`.
///
/// An answer can get lost after the object was written; whoever repeats the request, be it this class, a
/// client library or something on the network, is then told that it is there. So what is there is compared
/// with what was to be written, and if it is the same, it was this writer: contents have to tell writers apart,
/// as those of commits do.
final class ConditionalPut {
    private static final int ATTEMPTS = 8;
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(25);

    private final S3Store store;
    private final S3Client client;
    private final Set<String> checked = ConcurrentHashMap.newKeySet();

    /// @param client repeats nothing by itself
    ConditionalPut(S3Store store, S3Client client) {
        this.store = store;
        this.client = client;
    }

    boolean put(S3Path path, byte[] content) {
        int slash = path.key().lastIndexOf('/');
        String folder = slash < 0 ? "" : path.key().substring(0, slash);
        check(new S3Path(path.scheme(), path.bucket(), folder));
        return tryPut(path, content);
    }

    private boolean tryPut(S3Path path, byte[] content) {
        for (int attempt = 1; ; attempt++) {
            try {
                client.putObject(
                        r -> r.bucket(path.bucket()).key(path.key()).ifNoneMatch("*"),
                        RequestBody.fromBytes(content));
                return true;
            } catch (SdkException e) {
                if (S3Errors.isPreconditionFailed(e)) {
                    return holds(path, content);
                }
                boolean temporary = S3Errors.isTemporary(e);
                // What is said of a second request tells nothing of the first, which had no answer.
                if (attempt == ATTEMPTS || attempt > 1 && !temporary) {
                    return resolve(path, content, e);
                }
                if (S3Errors.isNotImplemented(e)) {
                    throw unsupported(path);
                }
                if (!temporary) {
                    throw S3Errors.of("write", path, e);
                }
            }
            pause(attempt);
        }
    }

    /// Tells after requests without answer whether one of them has succeeded. If there is nothing, one may still
    /// be under way.
    private boolean resolve(S3Path path, byte[] content, SdkException e) {
        if (store.entry(path.toString()).isPresent()) {
            return holds(path, content);
        }
        throw new NeuralakeException(
                ErrorCode.STORAGE_ERROR,
                "Whether a file was written is not known: " + path + ": " + e.getMessage(),
                e);
    }

    private boolean holds(S3Path path, byte[] content) {
        try {
            return Arrays.equals(store.read(path.toString()), content);
        } catch (NeuralakeException e) {
            if (e.code() == ErrorCode.FILE_NOT_FOUND) {
                return false; // somebody wrote it and deleted it again
            }
            throw e;
        }
    }

    private static void pause(int attempt) {
        long most = FIRST_PAUSE_NANOS << attempt;
        LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(most / 2, most));
    }

    /// Tests a bucket once: of two objects of one name the store must refuse the second. Stores that do not
    /// know the condition ignore it without a word.
    void check(S3Path folder) {
        if (checked.contains(folder.bucket())) {
            return;
        }
        String key = folder.prefix() + ".tmp-neuralake-check-" + UUID.randomUUID();
        S3Path probe = new S3Path(folder.scheme(), folder.bucket(), key);
        byte[] first = "first".getBytes(StandardCharsets.UTF_8);
        byte[] second = "second".getBytes(StandardCharsets.UTF_8);
        try {
            if (!tryPut(probe, first) || tryPut(probe, second) || !holds(probe, first)) {
                throw unsupported(folder);
            }
        } finally {
            store.delete(List.of(probe.toString()));
        }
        checked.add(folder.bucket());
    }

    private static NeuralakeException unsupported(S3Path path) {
        return new NeuralakeException(
                ErrorCode.UNSUPPORTED,
                "Store has no conditional writes (If-None-Match), so that one commit could"
                        + " overwrite another: "
                        + path
                        + "; use --s3-commit dynamodb, or another store");
    }
}
