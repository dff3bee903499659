package io.neuralake.storage.s3;

import io.neuralake.storage.StoredEntry;

import org.jspecify.annotations.Nullable;

import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CommonPrefix;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Object;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Lists what keys have in common as folders. Objects whose key ends with a slash, which some tools make to
/// stand for folders, are none.
final class S3Listing {
    private final S3Client client;

    S3Listing(S3Client client) {
        this.client = client;
    }

    /// Lists what lies in a folder and whose name is at least `first`, ordered by path.
    List<StoredEntry> children(S3Path folder, String first) {
        // The store begins after a key. One that is shorter than `first` comes before it, and
        // little lies between.
        String after =
                first.isEmpty() ? null : folder.prefix() + first.substring(0, first.length() - 1);
        List<StoredEntry> found = new ArrayList<>();
        int start = folder.prefix().length();
        for (ListObjectsV2Response page : pages(folder, "/", after)) {
            for (CommonPrefix common : page.commonPrefixes()) {
                String key = common.prefix().substring(0, common.prefix().length() - 1);
                if (key.length() > start && key.substring(start).compareTo(first) >= 0) {
                    found.add(new StoredEntry(folder.path(key), true, 0, 0));
                }
            }
            for (S3Object object : page.contents()) {
                if (object.key().length() > start
                        && !object.key().endsWith("/")
                        && object.key().substring(start).compareTo(first) >= 0) {
                    found.add(file(folder, object));
                }
            }
        }
        // Not all stores list in order.
        found.sort(Comparator.comparing(StoredEntry::path));
        return found;
    }

    /// Lists the files in a folder and below, ordered by path.
    List<StoredEntry> all(S3Path folder) {
        List<StoredEntry> found = new ArrayList<>();
        for (ListObjectsV2Response page : pages(folder, null, null)) {
            for (S3Object object : page.contents()) {
                if (!object.key().endsWith("/")) {
                    found.add(file(folder, object));
                }
            }
        }
        found.sort(Comparator.comparing(StoredEntry::path));
        return found;
    }

    /// Tells whether anything lies in a folder; a bucket is one in any case.
    boolean isFolder(S3Path folder) {
        try {
            ListObjectsV2Response page =
                    client.listObjectsV2(
                            r -> r.bucket(folder.bucket()).prefix(folder.prefix()).maxKeys(1));
            return folder.key().isEmpty() || !page.contents().isEmpty();
        } catch (SdkException e) {
            throw S3Errors.of("list", folder, e);
        }
    }

    private static StoredEntry file(S3Path folder, S3Object object) {
        return new StoredEntry(
                folder.path(object.key()),
                false,
                object.size(),
                object.lastModified().toEpochMilli());
    }

    private List<ListObjectsV2Response> pages(
            S3Path folder, @Nullable String delimiter, @Nullable String after) {
        List<ListObjectsV2Response> pages = new ArrayList<>();
        try {
            client.listObjectsV2Paginator(
                            r ->
                                    r.bucket(folder.bucket())
                                            .prefix(folder.prefix())
                                            .delimiter(delimiter)
                                            .startAfter(after))
                    .forEach(pages::add);
        } catch (SdkException e) {
            throw S3Errors.of("list", folder, e);
        }
        return pages;
    }
}
