package io.neuralake.connector.delta.engine;

import io.delta.kernel.internal.actions.DeletionVectorDescriptor;
import io.neuralake.connector.delta.log.DeletionVector;
import io.neuralake.connector.delta.scan.VectorSource;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.storage.ObjectStore;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32;

/// Reads serialized deletion vectors from files and from the log (PROTOCOL.md, "Deletion Vector Format").
public final class VectorFiles implements VectorSource {
    private static final int INT = 4;

    private final ObjectStore store;

    /// Reads files of `store`.
    public VectorFiles(ObjectStore store) {
        this.store = store;
    }

    @Override
    public byte[] read(String table, DeletionVector vector) {
        String path = path(table, vector);
        return path == null ? descriptor(vector).inlineData() : fromFile(path, vector);
    }

    @Override
    public @Nullable String path(String table, DeletionVector vector) {
        return switch (vector.storageType()) {
            case "i" -> null;
            case "u", "p" -> {
                String uri = descriptor(vector).getAbsolutePath(table);
                yield uri.startsWith("file:") ? java.net.URI.create(uri).getPath() : uri;
            }
            default ->
                    throw new NeuralakeException(
                            ErrorCode.UNSUPPORTED,
                            "Kind of deletion vector not supported: " + vector.storageType());
        };
    }

    private static DeletionVectorDescriptor descriptor(DeletionVector vector) {
        return new DeletionVectorDescriptor(
                vector.storageType(),
                vector.pathOrInline(),
                Optional.ofNullable(vector.offset()),
                vector.bytes(),
                vector.cardinality());
    }

    /// Reads length, data and checksum, big-endian.
    private byte[] fromFile(String path, DeletionVector vector) {
        int offset = vector.offset() == null ? 0 : vector.offset();
        ByteBuffer stored =
                ByteBuffer.wrap(store.read(path, offset, (long) vector.bytes() + 2 * INT));
        if (stored.getInt() != vector.bytes()) {
            throw damaged(path, offset, "its size is not what the log says");
        }
        byte[] data = new byte[vector.bytes()];
        stored.get(data);
        CRC32 checksum = new CRC32();
        checksum.update(data);
        if ((int) checksum.getValue() != stored.getInt()) {
            throw damaged(path, offset, "its checksum is wrong");
        }
        return data;
    }

    private static NeuralakeException damaged(String path, int offset, String what) {
        return new NeuralakeException(
                ErrorCode.CORRUPT_FILE,
                "Deletion vector is damaged: " + what + ": " + path + " at offset " + offset);
    }
}
