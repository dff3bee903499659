package io.neuralake.connector.parquet.decode;

import io.neuralake.connector.parquet.file.CorruptFile;

/// Finds the parts of an object or a list of a variant. Used again for others. For one thread.
///
/// Parts may lie in any order, but two must not share bytes: a small variant of parts that name each other's would
/// have a text of any size.
final class VariantContainer {
    static final int OBJECT = 2;
    static final int LIST = 3;

    private byte[] bytes = new byte[0];
    private int limit;
    private long count;
    private int idWidth;
    private long idsAt;
    private int offsetWidth;
    private long offsetsAt;
    private int partsAt;
    private int end;
    private long used;

    /// Reads the header at `at`, which must be that of an object or a list.
    ///
    /// @param limit the end of what surrounds it
    void open(byte[] value, int at, int limit) {
        VariantBytes.check(at, 1, limit);
        int header = value[at] & 0xFF;
        boolean isObject = (header & 3) == OBJECT;
        boolean isLarge = (header >> (isObject ? 6 : 4) & 1) != 0;
        int countWidth = isLarge ? 4 : 1;
        this.bytes = value;
        this.limit = limit;
        this.offsetWidth = (header >> 2 & 3) + 1;
        this.idWidth = isObject ? (header >> 4 & 3) + 1 : 0;
        this.count = VariantBytes.unsigned(value, at + 1L, countWidth, limit);
        this.idsAt = at + 1L + countWidth;
        this.offsetsAt = idsAt + count * idWidth;
        long parts = offsetsAt + (count + 1) * offsetWidth;
        CorruptFile.check(parts <= limit, "a variant ends early");
        this.partsAt = (int) parts;
        long last = VariantBytes.unsigned(value, parts - offsetWidth, offsetWidth, limit);
        VariantBytes.check(parts, last, limit);
        this.end = (int) (parts + last);
        this.used = 0;
    }

    /// Returns the number of parts.
    int count() {
        return (int) count;
    }

    /// Returns where the container ends.
    int end() {
        return end;
    }

    /// Returns the number of a field's name.
    long id(int part) {
        return VariantBytes.unsigned(bytes, idsAt + (long) part * idWidth, idWidth, limit);
    }

    /// Returns where a part begins.
    int from(int part) {
        long offset =
                VariantBytes.unsigned(
                        bytes, offsetsAt + (long) part * offsetWidth, offsetWidth, limit);
        VariantBytes.check(partsAt + offset, 1, end);
        return (int) (partsAt + offset);
    }

    /// Notes that a part takes these bytes.
    void use(int from, int to) {
        used += to - from;
        CorruptFile.check(used <= end - partsAt, "parts of a variant overlap");
    }
}
