package io.neuralake.storage.s3;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.storage.StoredEntry;

import org.jspecify.annotations.Nullable;

import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// Reads a range of an object. When an answer breaks off, the rest is asked for anew. For one thread.
final class ObjectStream extends InputStream {
    private static final int ATTEMPTS = 4;

    private final S3Client client;
    private final StoredEntry file;
    private final S3Path path;
    private final long end;
    private long position;
    private int failures;
    private @Nullable ResponseInputStream<GetObjectResponse> answer;

    /// Asks for the range, so that what is wrong with the object is said here.
    ObjectStream(S3Client client, StoredEntry file, long offset, long bytes) {
        this.client = client;
        this.file = file;
        this.path = S3Path.of(file.path());
        this.position = offset;
        this.end = offset + bytes;
        this.answer = ask();
    }

    private ResponseInputStream<GetObjectResponse> ask() {
        try {
            return client.getObject(
                    r ->
                            r.bucket(path.bucket())
                                    .key(path.key())
                                    .range(S3Store.range(position, end - position))
                                    .ifUnmodifiedSince(unmodifiedSince()));
        } catch (SdkException e) {
            if (S3Errors.isPreconditionFailed(e)) {
                throw new NeuralakeException(
                        ErrorCode.STORAGE_ERROR,
                        "File changed while the query ran: " + path + "; run the query again",
                        e);
            }
            throw S3Errors.of("read", path, e);
        }
    }

    /// Headers have whole seconds, in which the times of some stores were cut off.
    private @Nullable Instant unmodifiedSince() {
        return file.modifiedMillis() <= 0
                ? null
                : Instant.ofEpochMilli(file.modifiedMillis())
                        .truncatedTo(ChronoUnit.SECONDS)
                        .plusSeconds(1);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (position == end) {
            return -1;
        }
        while (true) {
            try {
                InputStream from = answer == null ? (answer = ask()) : answer;
                int read = from.read(target, offset, (int) Math.min(length, end - position));
                if (read < 0) {
                    throw new EOFException("The answer ends too early: " + path);
                }
                position += read;
                return read;
            } catch (IOException | SdkException e) {
                abort();
                failures++;
                if (failures == ATTEMPTS) {
                    throw e instanceof IOException io ? io : new IOException(e);
                }
            }
        }
    }

    private void abort() {
        if (answer != null) {
            answer.abort();
            answer = null;
        }
    }

    @Override
    public void close() throws IOException {
        if (answer != null) {
            if (position == end) {
                // To the end, so that the connection can serve another request.
                answer.close();
                answer = null;
            } else {
                abort();
            }
        }
    }
}
