package io.neuralake.storage.s3;

import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.storage.LocalStore;
import io.neuralake.storage.StoredEntry;

import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadResponse;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/// Brings local files to the store: large ones in parts, several at a time.
final class S3Upload {
    private static final Logger LOG = System.getLogger(S3Upload.class.getName());
    private static final long PART_BYTES = 16L << 20;
    private static final int MAX_PARTS = 10_000;
    private static final int PARTS_AT_A_TIME = 4;
    private static final String CONTENT_TYPE = "application/octet-stream";

    private final S3Store store;
    private final S3Client client;
    private final LocalStore local = new LocalStore();

    S3Upload(S3Store store, S3Client client) {
        this.store = store;
        this.client = client;
    }

    void upload(Path file, S3Path path) throws IOException {
        long bytes = Files.size(file);
        try {
            if (bytes <= PART_BYTES) {
                client.putObject(
                        r -> r.bucket(path.bucket()).key(path.key()), RequestBody.fromFile(file));
            } else {
                uploadParts(new StoredEntry(file.toString(), false, bytes, 0), path);
            }
        } catch (SdkException e) {
            throw S3Errors.of("write", path, e);
        }
        Files.deleteIfExists(file);
    }

    private void uploadParts(StoredEntry file, S3Path path) {
        CreateMultipartUploadResponse upload =
                client.createMultipartUpload(r -> r.bucket(path.bucket()).key(path.key()));
        String id = upload.uploadId();
        try {
            List<CompletedPart> parts = sendParts(file, path, id);
            complete(file, path, id, parts);
        } catch (RuntimeException | Error e) {
            abort(path, id);
            throw e;
        }
    }

    private List<CompletedPart> sendParts(StoredEntry file, S3Path path, String id) {
        long partBytes = Math.max(PART_BYTES, (file.bytes() + MAX_PARTS - 1) / MAX_PARTS);
        Semaphore running = new Semaphore(PARTS_AT_A_TIME);
        List<Future<CompletedPart>> sent = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            int number = 1;
            for (long at = 0; at < file.bytes(); at += partBytes) {
                Part part = new Part(number++, at, Math.min(partBytes, file.bytes() - at));
                sent.add(
                        threads.submit(
                                () -> {
                                    running.acquireUninterruptibly();
                                    try {
                                        return send(file, path, id, part);
                                    } finally {
                                        running.release();
                                    }
                                }));
            }
        }
        List<CompletedPart> parts = new ArrayList<>();
        for (Future<CompletedPart> part : sent) {
            if (part.state() == Future.State.FAILED) {
                throw part.exceptionNow() instanceof RuntimeException e
                        ? e
                        : new CompletionException(part.exceptionNow());
            }
            parts.add(part.resultNow());
        }
        return parts;
    }

    private record Part(int number, long offset, long bytes) {}

    private CompletedPart send(StoredEntry file, S3Path path, String id, Part part) {
        UploadPartResponse answer =
                client.uploadPart(
                        r ->
                                r.bucket(path.bucket())
                                        .key(path.key())
                                        .uploadId(id)
                                        .partNumber(part.number())
                                        .contentLength(part.bytes()),
                        RequestBody.fromContentProvider(
                                () -> local.open(file, part.offset(), part.bytes()),
                                part.bytes(),
                                CONTENT_TYPE));
        return CompletedPart.builder().partNumber(part.number()).eTag(answer.eTag()).build();
    }

    /// When the answer got lost, the repeated request finds the upload gone, and the object there.
    private void complete(StoredEntry file, S3Path path, String id, List<CompletedPart> parts) {
        try {
            client.completeMultipartUpload(
                    r ->
                            r.bucket(path.bucket())
                                    .key(path.key())
                                    .uploadId(id)
                                    .multipartUpload(u -> u.parts(parts)));
        } catch (SdkException e) {
            boolean done =
                    S3Errors.isNotFound(e)
                            && store.entry(path.toString())
                                    .filter(entry -> entry.bytes() == file.bytes())
                                    .isPresent();
            if (!done) {
                throw e;
            }
        }
    }

    private void abort(S3Path path, String id) {
        try {
            client.abortMultipartUpload(r -> r.bucket(path.bucket()).key(path.key()).uploadId(id));
        } catch (SdkException | NeuralakeException e) {
            LOG.log(Level.DEBUG, "Parts of an upload stay behind: " + path, e);
        }
    }
}
