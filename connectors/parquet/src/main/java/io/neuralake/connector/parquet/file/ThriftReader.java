package io.neuralake.connector.parquet.file;

import org.apache.parquet.format.BloomFilterHeader;
import org.apache.parquet.format.ColumnIndex;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.InterningProtocol;
import org.apache.parquet.format.OffsetIndex;
import org.apache.parquet.format.PageHeader;

import shaded.parquet.org.apache.thrift.TBase;
import shaded.parquet.org.apache.thrift.TException;
import shaded.parquet.org.apache.thrift.protocol.TCompactProtocol;
import shaded.parquet.org.apache.thrift.protocol.TList;
import shaded.parquet.org.apache.thrift.protocol.TMap;
import shaded.parquet.org.apache.thrift.protocol.TProtocol;
import shaded.parquet.org.apache.thrift.protocol.TSet;
import shaded.parquet.org.apache.thrift.protocol.TStruct;
import shaded.parquet.org.apache.thrift.transport.TIOStreamTransport;

import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Reads the Thrift structures of a Parquet file from memory. No length in them is believed beyond
/// the bytes that are there. For one thread.
public final class ThriftReader {
    /// The structures of the format nest six levels deep.
    private static final int MAX_DEPTH = 64;

    private final MemorySegment bytes;
    private final Source source;

    /// Reads from the beginning of `bytes`.
    public ThriftReader(MemorySegment bytes) {
        this.bytes = bytes;
        this.source = new Source();
    }

    /// Returns the position behind what was read.
    public long position() {
        return source.position;
    }

    /// Moves to a position.
    public void position(long position) {
        source.position = position;
    }

    /// Reads a footer.
    public FileMetaData fileMetaData() {
        return read(new FileMetaData());
    }

    /// Reads a page header.
    public PageHeader pageHeader() {
        return read(new PageHeader());
    }

    /// Reads a column index.
    public ColumnIndex columnIndex() {
        return read(new ColumnIndex());
    }

    /// Reads an offset index.
    public OffsetIndex offsetIndex() {
        return read(new OffsetIndex());
    }

    /// Reads the header of a bloom filter.
    public BloomFilterHeader bloomFilterHeader() {
        return read(new BloomFilterHeader());
    }

    private <T extends TBase<T, ?>> T read(T structure) {
        try {
            long limit = Math.max(1, bytes.byteSize() - source.position);
            structure.read(
                    new BoundedProtocol(
                            new TCompactProtocol(new TIOStreamTransport(source), limit, limit)));
            return structure;
        } catch (TException | RuntimeException e) {
            throw new CorruptFile(
                    structure.getClass().getSimpleName() + " is malformed: " + e.getMessage(), e);
        }
    }

    /// Refuses structures nested so deeply that skipping them would overflow the stack.
    private static final class BoundedProtocol extends InterningProtocol {
        private int depth;

        private BoundedProtocol(TProtocol protocol) {
            super(protocol);
        }

        private void enter() {
            CorruptFile.check(depth < MAX_DEPTH, "it is nested too deeply");
            depth++;
        }

        @Override
        public TStruct readStructBegin() throws TException {
            enter();
            return super.readStructBegin();
        }

        @Override
        public void readStructEnd() throws TException {
            depth--;
            super.readStructEnd();
        }

        @Override
        public TList readListBegin() throws TException {
            enter();
            return super.readListBegin();
        }

        @Override
        public void readListEnd() throws TException {
            depth--;
            super.readListEnd();
        }

        @Override
        public TMap readMapBegin() throws TException {
            enter();
            return super.readMapBegin();
        }

        @Override
        public void readMapEnd() throws TException {
            depth--;
            super.readMapEnd();
        }

        @Override
        public TSet readSetBegin() throws TException {
            enter();
            return super.readSetBegin();
        }

        @Override
        public void readSetEnd() throws TException {
            depth--;
            super.readSetEnd();
        }
    }

    private final class Source extends InputStream {
        private long position;

        @Override
        public int read() {
            return position < bytes.byteSize()
                    ? bytes.get(ValueLayout.JAVA_BYTE, position++) & 0xFF
                    : -1;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            int count = (int) Math.min(length, bytes.byteSize() - position);
            if (count <= 0) {
                return -1;
            }
            MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, position, target, offset, count);
            position += count;
            return count;
        }
    }
}
