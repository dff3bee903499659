package io.neuralake.connector.delta.scan;

import io.neuralake.connector.parquet.DeletedRows;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.roaringbitmap.PeekableIntIterator;
import org.roaringbitmap.RoaringBitmap;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/// The positions of deleted rows: one bitmap for each 2^32 rows. Immutable; thread-safe.
public final class RowBitmap implements DeletedRows {
    /// A count of bitmaps, then each behind its size.
    private static final int NATIVE = 1681511376;

    /// A 64-bit count of bitmaps, then each behind the high half of its positions.
    private static final int PORTABLE = 1681511377;

    private final List<RoaringBitmap> bitmaps;
    private final long count;

    private RowBitmap(List<RoaringBitmap> bitmaps) {
        this.bitmaps = bitmaps;
        this.count = bitmaps.stream().mapToLong(RoaringBitmap::getLongCardinality).sum();
    }

    /// Makes the set of some positions.
    ///
    /// @param bitmaps the low halves of positions, by their high half; not to be changed any more
    public static RowBitmap of(List<RoaringBitmap> bitmaps) {
        return new RowBitmap(List.copyOf(bitmaps));
    }

    /// Returns the positions of both.
    public RowBitmap or(RowBitmap other) {
        List<RoaringBitmap> both = new ArrayList<>();
        for (int i = 0; i < Math.max(bitmaps.size(), other.bitmaps.size()); i++) {
            RoaringBitmap bitmap = new RoaringBitmap();
            if (i < bitmaps.size()) {
                bitmap.or(bitmaps.get(i));
            }
            if (i < other.bitmaps.size()) {
                bitmap.or(other.bitmaps.get(i));
            }
            both.add(bitmap);
        }
        return new RowBitmap(both);
    }

    /// Tells whether a position is one of them.
    public boolean contains(long position) {
        int high = (int) (position >>> 32);
        return high < bitmaps.size() && bitmaps.get(high).contains((int) position);
    }

    /// Returns the serialized form (PROTOCOL.md, "Deletion Vector Format"), the portable one.
    public byte[] serialize() {
        List<RoaringBitmap> packed = new ArrayList<>();
        long filled = 0;
        long bytes = Integer.BYTES + Long.BYTES;
        for (RoaringBitmap bitmap : bitmaps) {
            RoaringBitmap copy = bitmap.clone();
            copy.runOptimize();
            packed.add(copy);
            if (!copy.isEmpty()) {
                filled++;
                bytes += Integer.BYTES + copy.serializedSizeInBytes();
            }
        }
        ByteBuffer to = ByteBuffer.allocate(Math.toIntExact(bytes)).order(ByteOrder.LITTLE_ENDIAN);
        to.putInt(PORTABLE).putLong(filled);
        for (int i = 0; i < packed.size(); i++) {
            if (!packed.get(i).isEmpty()) {
                to.putInt(i);
                packed.get(i).serialize(to);
            }
        }
        return to.array();
    }

    /// Reads the serialized form (PROTOCOL.md, "Deletion Vector Format"). Throws CORRUPT_FILE.
    public static RowBitmap parse(byte[] serialized) {
        ByteBuffer bytes = ByteBuffer.wrap(serialized).order(ByteOrder.LITTLE_ENDIAN);
        try {
            int magic = bytes.getInt();
            return new RowBitmap(
                    switch (magic) {
                        case NATIVE -> nativeForm(bytes);
                        case PORTABLE -> portableForm(bytes);
                        default -> throw new IOException("unknown format " + magic);
                    });
        } catch (IOException | RuntimeException e) {
            throw new NeuralakeException(
                    ErrorCode.CORRUPT_FILE, "Deletion vector is damaged: " + e.getMessage(), e);
        }
    }

    private static List<RoaringBitmap> nativeForm(ByteBuffer bytes) throws IOException {
        int size = bytes.getInt();
        List<RoaringBitmap> bitmaps = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            int length = bytes.getInt();
            RoaringBitmap bitmap = new RoaringBitmap();
            bitmap.deserialize(bytes.slice().order(ByteOrder.LITTLE_ENDIAN));
            bytes.position(bytes.position() + length);
            bitmaps.add(bitmap);
        }
        return bitmaps;
    }

    private static List<RoaringBitmap> portableForm(ByteBuffer bytes) throws IOException {
        long size = bytes.getLong();
        List<RoaringBitmap> bitmaps = new ArrayList<>();
        for (long i = 0; i < size; i++) {
            int key = bytes.getInt();
            if (key < bitmaps.size() || key > 1 << 20) {
                throw new IOException("positions out of order");
            }
            while (bitmaps.size() < key) {
                bitmaps.add(new RoaringBitmap());
            }
            RoaringBitmap bitmap = new RoaringBitmap();
            bitmap.deserialize(bytes.slice().order(ByteOrder.LITTLE_ENDIAN));
            bytes.position(bytes.position() + bitmap.serializedSizeInBytes());
            bitmaps.add(bitmap);
        }
        return bitmaps;
    }

    @Override
    public long count() {
        return count;
    }

    @Override
    public int clear(long from, int rows, MemorySegment bitmap) {
        int cleared = 0;
        long at = from;
        long end = from + rows;
        while (at < end) {
            int high = (int) (at >>> 32);
            long base = (long) high << 32;
            long last = Math.min(end, base + (1L << 32));
            if (high < bitmaps.size()) {
                cleared += clear(bitmaps.get(high), at - base, last - base, base - from, bitmap);
            }
            at = last;
        }
        return cleared;
    }

    /// Clears the bits of positions between `low`, inclusive, and `high`, of which position `p` is bit
    /// `shift + p`.
    private static int clear(
            RoaringBitmap deleted, long low, long high, long shift, MemorySegment bitmap) {
        PeekableIntIterator positions = deleted.getIntIterator();
        positions.advanceIfNeeded((int) low);
        int cleared = 0;
        while (positions.hasNext()) {
            long position = Integer.toUnsignedLong(positions.next());
            if (position >= high) {
                break;
            }
            Bitmap.set(bitmap, shift + position, false);
            cleared++;
        }
        return cleared;
    }
}
