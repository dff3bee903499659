package io.neuralake.spi.memory;

import jdk.internal.misc.Unsafe;

import java.lang.foreign.MemorySegment;

/// Reads and writes single values of off-heap memory without the checks of [MemorySegment]: for loops
/// whose addresses depend on data, such as those of hash tables, which no compiler vectorizes.
///
/// An access of a segment is dozens of small methods until C2 has inlined them all, which takes seconds
/// for a large loop, and up to then it runs 10 to 30 times slower than here, where it is one
/// instruction for every compiler (docs/performance.md). Loops that go through a segment in order
/// stay with its own methods, or with the Vector API: C2 vectorizes only those.
///
/// Offsets are bytes from the segment's start; values may lie unaligned. The caller vouches that the
/// segment is off-heap and alive and that the value lies within: **an access outside crashes the
/// process, or changes memory of others**. It is never to be used with what a file or a client says
/// and nobody has checked. With assertions on, as in every test, each access is checked and an error
/// is an [AssertionError]. Thread safety is that of plain variables.
public final class NativeMemory {
    private static final Unsafe UNSAFE = Unsafe.getUnsafe();
    private static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    /// A constant rather than `assert` keeps the methods below the size that C1 inlines.
    private static final boolean CHECKS = NativeMemory.class.desiredAssertionStatus();

    private NativeMemory() {}

    private static void check(MemorySegment segment, long offset, int bytes) {
        if (!segment.isNative() || offset < 0 || offset > segment.byteSize() - bytes) {
            throw new AssertionError(bytes + " bytes at " + offset + " of " + segment);
        }
    }

    /// Returns the memory from an absolute address. Nothing keeps it alive, and nothing knows whether it
    /// is. Costs less than [MemorySegment#reinterpret(long)], which looks at its caller each time.
    ///
    /// @param bytes the memory's size
    public static MemorySegment segment(long address, long bytes) {
        return ALL.asSlice(address, bytes);
    }

    /// Reads an int64.
    public static long getLong(MemorySegment segment, long offset) {
        if (CHECKS) {
            check(segment, offset, 8);
        }
        return UNSAFE.getLong(segment.address() + offset);
    }

    /// Reads an int32.
    public static int getInt(MemorySegment segment, long offset) {
        if (CHECKS) {
            check(segment, offset, 4);
        }
        return UNSAFE.getInt(segment.address() + offset);
    }

    /// Reads an int16.
    public static short getShort(MemorySegment segment, long offset) {
        if (CHECKS) {
            check(segment, offset, 2);
        }
        return UNSAFE.getShort(segment.address() + offset);
    }

    /// Reads an int8.
    public static byte getByte(MemorySegment segment, long offset) {
        if (CHECKS) {
            check(segment, offset, 1);
        }
        return UNSAFE.getByte(segment.address() + offset);
    }

    /// Reads a float64.
    public static double getDouble(MemorySegment segment, long offset) {
        if (CHECKS) {
            check(segment, offset, 8);
        }
        return UNSAFE.getDouble(segment.address() + offset);
    }

    /// Reads a float32.
    public static float getFloat(MemorySegment segment, long offset) {
        if (CHECKS) {
            check(segment, offset, 4);
        }
        return UNSAFE.getFloat(segment.address() + offset);
    }

    /// Writes an int64.
    public static void setLong(MemorySegment segment, long offset, long value) {
        if (CHECKS) {
            check(segment, offset, 8);
        }
        UNSAFE.putLong(segment.address() + offset, value);
    }

    /// Writes an int32.
    public static void setInt(MemorySegment segment, long offset, int value) {
        if (CHECKS) {
            check(segment, offset, 4);
        }
        UNSAFE.putInt(segment.address() + offset, value);
    }

    /// Writes an int16.
    public static void setShort(MemorySegment segment, long offset, short value) {
        if (CHECKS) {
            check(segment, offset, 2);
        }
        UNSAFE.putShort(segment.address() + offset, value);
    }

    /// Writes an int8.
    public static void setByte(MemorySegment segment, long offset, byte value) {
        if (CHECKS) {
            check(segment, offset, 1);
        }
        UNSAFE.putByte(segment.address() + offset, value);
    }

    /// Writes a float64.
    public static void setDouble(MemorySegment segment, long offset, double value) {
        if (CHECKS) {
            check(segment, offset, 8);
        }
        UNSAFE.putDouble(segment.address() + offset, value);
    }

    /// Writes a float32.
    public static void setFloat(MemorySegment segment, long offset, float value) {
        if (CHECKS) {
            check(segment, offset, 4);
        }
        UNSAFE.putFloat(segment.address() + offset, value);
    }
}
