package io.neuralake.connector.parquet.decode;

import io.neuralake.connector.parquet.file.CorruptFile;

/// The names of a variant's object fields, by number: its metadata. For one thread.
final class VariantKeys {
    private static final int VERSION = 1;

    private byte[] bytes = new byte[0];
    private int length;
    private int width;
    private long count;
    private long namesAt;

    /// Reads other metadata, which must stay as it is while this is used. Throws [CorruptFile].
    void open(byte[] metadata, int end) {
        CorruptFile.check(
                end > 0 && (metadata[0] & 15) == VERSION,
                "the version of a variant's metadata is unknown");
        bytes = metadata;
        length = end;
        width = (metadata[0] >> 6 & 3) + 1;
        count = VariantBytes.unsigned(metadata, 1, width, end);
        namesAt = 1 + width * (count + 2);
        CorruptFile.check(namesAt <= end, "a variant's metadata ends early");
    }

    /// Returns the memory that [#from] and [#end] point into.
    byte[] bytes() {
        return bytes;
    }

    /// Returns where a name begins.
    int from(long id) {
        return border(id);
    }

    /// Returns where a name ends.
    int end(long id) {
        int end = border(id + 1);
        CorruptFile.check(border(id) <= end, "names of a variant overlap");
        return end;
    }

    private int border(long number) {
        CorruptFile.check(number <= count, "a variant names a field that its metadata lacks");
        long at = namesAt + VariantBytes.unsigned(bytes, 1 + width * (number + 1), width, length);
        CorruptFile.check(at <= length, "a variant's metadata ends early");
        return (int) at;
    }
}
