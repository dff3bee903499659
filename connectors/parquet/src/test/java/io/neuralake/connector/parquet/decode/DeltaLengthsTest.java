package io.neuralake.connector.parquet.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.connector.parquet.file.CorruptFile;
import io.neuralake.connector.parquet.page.Slice;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.StringView;
import io.neuralake.spi.memory.ArrowAllocator;
import io.neuralake.spi.memory.LimitedReservation;

import org.apache.arrow.memory.RootAllocator;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.values.deltalengthbytearray.DeltaLengthByteArrayValuesWriter;
import org.apache.parquet.io.api.Binary;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

class DeltaLengthsTest {
    private static final int COUNT = 3000;

    private final RootAllocator root = new RootAllocator();
    private final ArrowAllocator allocator =
            new ArrowAllocator(root, new LimitedReservation("test", Long.MAX_VALUE, null));

    @AfterEach
    void free() {
        root.close();
    }

    private DataBuffer page(List<byte[]> values) throws IOException {
        try (var writer =
                new DeltaLengthByteArrayValuesWriter(
                        1024, 1 << 20, HeapByteBufferAllocator.getInstance())) {
            values.forEach(value -> writer.writeBytes(Binary.fromConstantByteArray(value)));
            byte[] bytes = writer.getBytes().toByteArray();
            DataBuffer page = allocator.allocate(bytes.length);
            MemorySegment.copy(bytes, 0, page.segment(), ValueLayout.JAVA_BYTE, 0, bytes.length);
            return page;
        }
    }

    private static List<byte[]> texts() {
        List<byte[]> texts = new ArrayList<>();
        for (int i = 0; i < COUNT; i++) {
            texts.add(("x".repeat(i * 37 % 211) + i).getBytes(StandardCharsets.US_ASCII));
        }
        return texts;
    }

    @Test
    void readsAndSkips() throws IOException {
        List<byte[]> texts = texts();
        DataBuffer page = page(texts);
        DataBuffer target = allocator.allocate(100L * StringView.BYTES);
        Heap heap = new Heap(allocator);
        RawDecoder decoder =
                new DeltaDecoders.Lengths(Slice.at(page.address(), page.size()), page, COUNT);
        for (int at = 0; at < COUNT; at += 150) {
            decoder.read(100, target.segment(), 0, heap);
            for (int i = 0; i < 100; i++) {
                assertThat(StringView.bytes(target.segment(), (long) i * StringView.BYTES))
                        .isEqualTo(texts.get(at + i));
            }
            decoder.skip(50);
        }
        assertThatThrownBy(() -> decoder.skip(1)).isInstanceOf(CorruptFile.class);
        heap.clear();
        target.release();
        page.release();
    }

    @Test
    void looksForBytesOfTextsOnlyAmongTexts() throws IOException {
        List<byte[]> texts = texts();
        DataBuffer ascii = page(texts);
        Slice all = Slice.at(ascii.address(), ascii.size());
        assertThat(Utf8Text.isAscii(all)).as("lengths have high bytes").isFalse();
        assertThat(Utf8Text.isAscii(new DeltaDecoders.Lengths(all, ascii, COUNT).valueBytes(all)))
                .isTrue();
        ascii.release();

        texts.set(COUNT - 1, new byte[] {(byte) 0xC3});
        DataBuffer malformed = page(texts);
        Slice slice = Slice.at(malformed.address(), malformed.size());
        assertThat(
                        Utf8Text.isAscii(
                                new DeltaDecoders.Lengths(slice, malformed, COUNT)
                                        .valueBytes(slice)))
                .isFalse();
        malformed.release();
    }

    @Test
    void refusesTextsThatEndBehindThePage() throws IOException {
        DataBuffer page = page(texts());
        DataBuffer target = allocator.allocate((long) COUNT * StringView.BYTES);
        Heap heap = new Heap(allocator);
        Slice cut = Slice.at(page.address(), page.size() - 1);
        assertThatThrownBy(
                        () ->
                                new DeltaDecoders.Lengths(cut, page, COUNT)
                                        .read(COUNT, target.segment(), 0, heap))
                .isInstanceOf(CorruptFile.class);
        heap.clear();
        target.release();
        page.release();
    }
}
