package io.neuralake.connector.delta.write;

import io.neuralake.connector.delta.schema.PartitionValues;
import io.neuralake.connector.delta.schema.TableSchema;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ConstantColumn;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.DictionaryColumn;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.Field;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Finds the partitions of rows, which it numbers from 0. For one thread.
final class PartitionSplitter {
    private final List<Integer> ordinals = new ArrayList<>();
    private final List<String> physicalNames = new ArrayList<>();
    private final List<Field> fields = new ArrayList<>();
    private final List<Map<Object, Integer>> codes = new ArrayList<>();
    private final List<List<@Nullable String>> texts = new ArrayList<>();
    private final Map<List<Integer>, Integer> numbers = new HashMap<>();
    private final List<List<@Nullable String>> partitions = new ArrayList<>();

    PartitionSplitter(TableSchema schema) {
        for (int i = 0; i < schema.schema().size(); i++) {
            if (schema.isPartition(i)) {
                ordinals.add(i);
                physicalNames.add(schema.names(i).physicalName());
                fields.add(schema.schema().field(i));
                codes.add(new HashMap<>());
                texts.add(new ArrayList<>());
            }
        }
    }

    /// Returns the names of the partition columns in files.
    List<String> physicalNames() {
        return physicalNames;
    }

    /// Returns the texts of a partition's values.
    List<@Nullable String> values(int partition) {
        return partitions.get(partition);
    }

    /// Returns a partition's values by physical name, as the log has them.
    Map<String, @Nullable String> named(int partition) {
        Map<String, @Nullable String> named = new LinkedHashMap<>();
        for (int i = 0; i < physicalNames.size(); i++) {
            named.put(physicalNames.get(i), values(partition).get(i));
        }
        return Collections.unmodifiableMap(named);
    }

    /// Receives rows of one partition.
    interface Receiver {
        /// Takes the rows at positions `from`, inclusive, to `to` of `rows`.
        void take(int partition, int[] rows, int from, int to);
    }

    /// Hands over the selected rows of a batch, those of one partition at once, in their order.
    void split(Batch batch, Receiver receiver) {
        DataBuffer selection = batch.selection();
        int[] selected = new int[batch.rowCount()];
        int count = 0;
        for (int i = 0; i < selected.length; i++) {
            if (selection == null || Bitmap.get(selection.segment(), i)) {
                selected[count++] = i;
            }
        }
        if (count == 0) {
            return;
        }
        if (ordinals.isEmpty()) {
            if (partitions.isEmpty()) {
                partitions.add(List.of());
            }
            receiver.take(0, selected, 0, count);
            return;
        }
        group(partitions(batch, selected, count), selected, count, receiver);
    }

    /// Sorts rows by partition, those of one in their order.
    private static void group(int[] numbers, int[] rows, int count, Receiver receiver) {
        Map<Integer, int[]> ends = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            ends.computeIfAbsent(numbers[i], unseen -> new int[1])[0]++;
        }
        int at = 0;
        for (int[] end : ends.values()) {
            int size = end[0];
            end[0] = at;
            at += size;
        }
        int[] sorted = new int[count];
        for (int i = 0; i < count; i++) {
            int[] end = Objects.requireNonNull(ends.get(numbers[i]));
            sorted[end[0]++] = rows[i];
        }
        int from = 0;
        for (Map.Entry<Integer, int[]> end : ends.entrySet()) {
            receiver.take(end.getKey(), sorted, from, end.getValue()[0]);
            from = end.getValue()[0];
        }
    }

    private int[] partitions(Batch batch, int[] rows, int count) {
        int[][] coded = new int[ordinals.size()][];
        for (int c = 0; c < coded.length; c++) {
            coded[c] = codes(c, batch.column(ordinals.get(c)), rows, count);
        }
        int[] found = new int[count];
        for (int i = 0; i < count; i++) {
            boolean same = i > 0;
            for (int c = 0; same && c < coded.length; c++) {
                same = coded[c][i] == coded[c][i - 1];
            }
            found[i] = same ? found[i - 1] : number(coded, i);
        }
        return found;
    }

    private int number(int[][] coded, int row) {
        List<Integer> key = new ArrayList<>(coded.length);
        for (int[] column : coded) {
            key.add(column[row]);
        }
        Integer known = numbers.get(key);
        if (known != null) {
            return known;
        }
        List<@Nullable String> values = new ArrayList<>();
        for (int c = 0; c < coded.length; c++) {
            values.add(texts.get(c).get(key.get(c)));
        }
        numbers.put(key, partitions.size());
        partitions.add(Collections.unmodifiableList(values));
        return partitions.size() - 1;
    }

    /// Returns codes of values, equal ones for values of the same text.
    private int[] codes(int column, Column values, int[] rows, int count) {
        int[] found = new int[count];
        switch (values) {
            case ConstantColumn constant -> {
                Arrays.fill(found, code(column, constant.single(), 0));
            }
            case DictionaryColumn dictionary -> {
                int[] known = new int[dictionary.dictionary().rowCount()];
                for (int i = 0; i < count; i++) {
                    if (dictionary.isNull(rows[i])) {
                        found[i] = code(column, null);
                        continue;
                    }
                    int entry = NativeMemory.getInt(dictionary.codes(), (long) rows[i] << 2);
                    if (known[entry] == 0) {
                        known[entry] = code(column, dictionary.dictionary(), entry) + 1;
                    }
                    found[i] = known[entry] - 1;
                }
            }
            default -> {
                for (int i = 0; i < count; i++) {
                    found[i] = code(column, values, rows[i]);
                }
            }
        }
        return found;
    }

    private int code(int column, Column values, int row) {
        return code(column, values.value(row));
    }

    private int code(int column, @Nullable Object value) {
        Object key = value == null ? "" : value instanceof byte[] b ? ByteBuffer.wrap(b) : value;
        Map<Object, Integer> known = codes.get(column);
        Integer code = known.get(key);
        if (code == null) {
            String text = PartitionValues.format(fields.get(column).type(), value);
            if (text == null && !fields.get(column).nullable()) {
                throw new NeuralakeException(
                        ErrorCode.NOT_NULL_VIOLATION,
                        "Column must not be null: " + fields.get(column).name());
            }
            code = texts.get(column).indexOf(text);
            if (code < 0) {
                code = texts.get(column).size();
                texts.get(column).add(text);
            }
            known.put(key, code);
        }
        return code;
    }
}
