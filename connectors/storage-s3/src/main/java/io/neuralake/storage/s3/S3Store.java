package io.neuralake.storage.s3;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.storage.FolderListing;
import io.neuralake.storage.ObjectStore;
import io.neuralake.storage.StoredEntry;

import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Error;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Objects of stores that speak S3, under paths `s3://bucket/key`. A folder is what keys have in
/// common up to a slash; it is there as long as an object is. Requests that fail for a moment are
/// repeated.
///
/// Requires of the store: reads see what was written before, and, to put files if absent,
/// `If-None-Match: *`, which is tested in each bucket before it is relied on.
public final class S3Store implements ObjectStore, AutoCloseable {
    /// What one request deletes.
    private static final int DELETE_BATCH = 1000;

    private final SdkHttpClient http;
    private final S3Client client;
    private final S3Client once;
    private final S3Listing listing;
    private final ConditionalPut conditional;
    private final S3Upload uploads;

    /// Opens the store. No request is made yet.
    public S3Store(S3Settings settings) {
        http = S3Clients.http();
        client = S3Clients.s3(settings, http, true);
        once = S3Clients.s3(settings, http, false);
        listing = new S3Listing(client);
        conditional = new ConditionalPut(this, once);
        uploads = new S3Upload(this, client);
    }

    /// Opens the store, with commits made as the settings say.
    public static ObjectStore open(S3Settings settings) {
        S3Store store = new S3Store(settings);
        return settings.commits().usesDynamo() ? DynamoStore.open(store, settings) : store;
    }

    @Override
    public FolderListing list(String folder) {
        List<StoredEntry> children = listing.children(S3Path.of(folder), "");
        return new FolderListing(children, stamp(children));
    }

    /// Lists the folder, which is a request or a few: what lies in others need not be listed again
    /// if this one is as it was.
    @Override
    public Optional<Object> stamp(String folder) {
        return stamp(listing.children(S3Path.of(folder), ""));
    }

    private static Optional<Object> stamp(List<StoredEntry> children) {
        return children.isEmpty() ? Optional.empty() : Optional.of(children);
    }

    @Override
    public List<StoredEntry> children(String folder, String first) {
        return listing.children(S3Path.of(folder), first);
    }

    @Override
    public List<StoredEntry> allFiles(String folder) {
        return listing.all(S3Path.of(folder));
    }

    @Override
    public Optional<StoredEntry> entry(String path) {
        S3Path object = S3Path.of(path);
        if (!object.key().isEmpty() && !isLog(object.key())) {
            try {
                HeadObjectResponse head =
                        client.headObject(r -> r.bucket(object.bucket()).key(object.key()));
                return Optional.of(
                        new StoredEntry(
                                path,
                                false,
                                head.contentLength(),
                                head.lastModified().toEpochMilli()));
            } catch (SdkException e) {
                if (!S3Errors.isNotFound(e)) {
                    throw S3Errors.of("look up", object, e);
                }
            }
        }
        return isFileOfLog(object.key()) || !listing.isFolder(object)
                ? Optional.empty()
                : Optional.of(new StoredEntry(path, true, 0, 0));
    }

    /// Nobody has files of this name.
    private static boolean isLog(String key) {
        return key.equals(CommitPath.LOG) || key.endsWith("/" + CommitPath.LOG);
    }

    /// The file of a commit that may come is asked for before each statement, and is never a
    /// folder. To find out about folders costs a listing.
    private static boolean isFileOfLog(String key) {
        int log = key.indexOf("/_delta_log/");
        return log >= 0 && (key.indexOf('.', log) >= 0 || key.endsWith("/_last_checkpoint"));
    }

    @Override
    public byte[] read(String path) {
        S3Path object = S3Path.of(path);
        try {
            return client.getObjectAsBytes(r -> r.bucket(object.bucket()).key(object.key()))
                    .asByteArrayUnsafe();
        } catch (SdkException e) {
            throw S3Errors.of("read", object, e);
        }
    }

    @Override
    public byte[] read(String path, long offset, long bytes) {
        S3Path object = S3Path.of(path);
        if (bytes == 0) {
            return new byte[0];
        }
        byte[] part;
        try {
            part =
                    client.getObjectAsBytes(
                                    r ->
                                            r.bucket(object.bucket())
                                                    .key(object.key())
                                                    .range(range(offset, bytes)))
                            .asByteArrayUnsafe();
        } catch (SdkException e) {
            throw S3Errors.of("read", object, e);
        }
        if (part.length < bytes) {
            throw new NeuralakeException(
                    ErrorCode.CORRUPT_FILE,
                    "File ends too early: " + path + ": " + bytes + " bytes at offset " + offset);
        }
        return part;
    }

    static String range(long offset, long bytes) {
        return "bytes=" + offset + "-" + (offset + bytes - 1);
    }

    @Override
    public InputStream open(StoredEntry file, long offset, long bytes) {
        return bytes == 0
                ? InputStream.nullInputStream()
                : new ObjectStream(client, file, offset, bytes);
    }

    @Override
    public boolean putIfAbsent(String path, byte[] content) {
        return conditional.put(S3Path.of(path), content);
    }

    /// Makes sure that the store of a path tells writers of one file apart. Writes and deletes a
    /// file in its folder. Throws UNSUPPORTED (0A000) if it does not.
    public void checkConditionalPut(String folder) {
        conditional.check(S3Path.of(folder));
    }

    @Override
    public void put(String path, byte[] content) {
        S3Path object = S3Path.of(path);
        try {
            client.putObject(
                    r -> r.bucket(object.bucket()).key(object.key()),
                    RequestBody.fromBytes(content));
        } catch (SdkException e) {
            throw S3Errors.of("write", object, e);
        }
    }

    @Override
    public void upload(Path localFile, String path) {
        try {
            uploads.upload(localFile, S3Path.of(path));
        } catch (IOException e) {
            throw new NeuralakeException(
                    ErrorCode.STORAGE_ERROR, "Cannot read: " + localFile + ": " + e, e);
        }
    }

    @Override
    public void delete(Collection<String> paths) {
        Map<String, List<S3Path>> byBucket = new LinkedHashMap<>();
        for (String path : paths) {
            S3Path object = S3Path.of(path);
            byBucket.computeIfAbsent(object.bucket(), _ -> new ArrayList<>()).add(object);
        }
        for (List<S3Path> objects : byBucket.values()) {
            for (int i = 0; i < objects.size(); i += DELETE_BATCH) {
                deleteBatch(objects.subList(i, Math.min(i + DELETE_BATCH, objects.size())));
            }
        }
    }

    private void deleteBatch(List<S3Path> objects) {
        S3Path first = objects.getFirst();
        List<ObjectIdentifier> keys =
                objects.stream()
                        .map(object -> ObjectIdentifier.builder().key(object.key()).build())
                        .toList();
        DeleteObjectsResponse answer;
        try {
            answer =
                    client.deleteObjects(
                            r -> r.bucket(first.bucket()).delete(d -> d.objects(keys).quiet(true)));
        } catch (SdkException e) {
            throw S3Errors.of("delete", first, e);
        }
        for (S3Error error : answer.errors()) {
            if (!"NoSuchKey".equals(error.code())) {
                throw new NeuralakeException(
                        "AccessDenied".equals(error.code())
                                ? ErrorCode.PERMISSION_DENIED
                                : ErrorCode.STORAGE_ERROR,
                        "Cannot delete: "
                                + first.path(error.key())
                                + ": "
                                + error.code()
                                + ", "
                                + error.message());
            }
        }
    }

    @Override
    public void close() {
        client.close();
        once.close();
        http.close();
    }
}
