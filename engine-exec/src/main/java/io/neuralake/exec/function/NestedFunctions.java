package io.neuralake.exec.function;

import io.neuralake.exec.kernel.HashKernels;
import io.neuralake.exec.row.ColumnConcat;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ColumnBuilder;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.ListColumn;
import io.neuralake.spi.batch.StructColumn;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.MapType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Functions that make lists, structs and maps, or describe values of any type.
final class NestedFunctions {
    private NestedFunctions() {}

    static void register(Map<String, FunctionBinder> binders) {
        binders.put("list_value", site -> in -> listValue(in, site.resultType()));
        binders.put("row", site -> in -> row(in, site.resultType()));
        binders.put("map", site -> in -> map(in, (MapType) site.resultType()));
        binders.put("map_value", site -> in -> mapValue(in, (MapType) site.resultType()));
        binders.put("array_to_string", site -> in -> join(in, site.zoneId()));
        binders.put("hash", _ -> NestedFunctions::hash);
        binders.put("typeof", NestedFunctions::typeOf);
    }

    /// Lends all arguments from `first` on, each `step` further, one behind the other.
    private static Column stacked(FunctionInput in, Type type, int first, int step) {
        List<Column> parts = new ArrayList<>();
        for (int a = first; a < in.arguments().size(); a += step) {
            parts.add(in.rows(a));
        }
        return in.memory().keep(ColumnConcat.concat(type, parts, in.memory()));
    }

    private static Column listValue(FunctionInput in, Type type) {
        Type element = ((ListType) type).element();
        ElementPicker picker = new ElementPicker(in);
        if (in.arguments().isEmpty()) {
            Column none = in.memory().keep(ColumnBuilder.of(in.memory(), element, List.of()));
            return picker.finish(type, none, null);
        }
        Column all = stacked(in, element, 0, 1);
        pickAcross(in, picker, 0, 1);
        return picker.finish(type, all, null);
    }

    private static void pickAcross(FunctionInput in, ElementPicker picker, int first, int step) {
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            int base = 0;
            for (int a = first; a < in.arguments().size(); a += step) {
                picker.add(base + (i & in.mask(a)));
                base += in.rows(a).rowCount();
            }
            picker.finishRow(i);
        }
    }

    private static Column row(FunctionInput in, Type type) {
        List<Column> children = new ArrayList<>();
        for (Column argument : in.arguments()) {
            children.add(in.memory().expand(argument));
        }
        children.forEach(Column::retain);
        return in.memory().keep(new StructColumn(type, in.rowCount(), children, null));
    }

    private static Column mapValue(FunctionInput in, MapType type) {
        Column keys = stacked(in, type.key(), 0, 2);
        Column values = stacked(in, type.value(), 1, 2);
        ElementPicker keyPicker = new ElementPicker(in);
        pickAcross(in, keyPicker, 0, 2);
        ElementPicker valuePicker = new ElementPicker(in);
        pickAcross(in, valuePicker, 1, 2);
        ListColumn keyLists = (ListColumn) keyPicker.finish(new ListType(type.key()), keys, null);
        Column pickedValues = valuePicker.gathered(values);
        return entries(in, type, keyLists, pickedValues, null);
    }

    private static Column entries(
            FunctionInput in,
            MapType type,
            ListColumn keys,
            Column values,
            @Nullable DataBuffer validity) {
        Column keyColumn = in.memory().expand(keys.child());
        if (hasNull(keyColumn)) {
            throw RowErrors.argument("A map key is NULL");
        }
        Column valueColumn = in.memory().expand(values);
        Column child =
                in.memory()
                        .keep(
                                new StructColumn(
                                        type.entry(),
                                        keyColumn.rowCount(),
                                        List.of(keyColumn.retain(), valueColumn.retain()),
                                        null));
        return in.memory()
                .keep(
                        new ListColumn(
                                type,
                                in.rowCount(),
                                keys.offsetsBuffer().retain(),
                                child.retain(),
                                EvaluationMemory.retain(validity)));
    }

    private static boolean hasNull(Column column) {
        DataBuffer validity = column.validity();
        return validity != null
                && Bitmap.count(validity.segment(), column.rowCount()) < column.rowCount();
    }

    private static Column map(FunctionInput in, MapType type) {
        ListArgument keys = new ListArgument(in, 0);
        ListArgument values = new ListArgument(in, 1);
        ElementPicker keyPicker = new ElementPicker(in);
        ElementPicker valuePicker = new ElementPicker(in);
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            if (keys.size(i) != values.size(i)) {
                throw RowErrors.argument(
                        "Keys and values of a map differ in number: "
                                + keys.size(i)
                                + ", "
                                + values.size(i));
            }
            for (int e = 0; e < keys.size(i); e++) {
                keyPicker.add(keys.from(i) + e);
                valuePicker.add(values.from(i) + e);
            }
            keyPicker.finishRow(i);
            valuePicker.finishRow(i);
        }
        ListColumn keyLists =
                (ListColumn)
                        keyPicker.finish(new ListType(type.key()), keys.child(), in.validity());
        return entries(in, type, keyLists, valuePicker.gathered(values.child()), in.validity());
    }

    private static Column join(FunctionInput in, ZoneId zone) {
        ListArgument list = new ListArgument(in, 0);
        TextArgument separator = new TextArgument(in, 1);
        TextBuilder builder = new TextBuilder(in);
        StringBuilder text = new StringBuilder();
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            boolean first = true;
            for (int e = list.from(i); e < list.to(i); e++) {
                if (list.child().isNull(e)) {
                    continue;
                }
                if (!first) {
                    builder.append(separator.address(i), separator.length(i));
                }
                first = false;
                text.setLength(0);
                TextCasts.append(text, list.child(), e, zone);
                builder.append(text);
            }
            builder.finishRow(i);
        }
        return builder.finish(ScalarType.VARCHAR);
    }

    private static Column hash(FunctionInput in) {
        DataBuffer hashes = in.memory().scratch(8L * in.rowCount());
        for (int a = 0; a < in.arguments().size(); a++) {
            HashKernels.hash(in.argument(a), in.rowCount(), hashes.segment(), a > 0);
        }
        return in.memory().flat(ScalarType.BIGINT, in.rowCount(), hashes, null);
    }

    private static ScalarImplementation typeOf(FunctionSite site) {
        String name = site.argumentType(0).sql();
        return in -> {
            Column single =
                    in.memory()
                            .keep(ColumnBuilder.of(in.memory(), ScalarType.VARCHAR, List.of(name)));
            return in.memory().constant(in.rowCount(), single);
        };
    }
}
