package io.neuralake.exec.function;

import io.neuralake.exec.row.ColumnConcat;
import io.neuralake.exec.row.ColumnGather;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.MapType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// Functions of lists and maps that find, pick and rearrange elements.
final class ListFunctions {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

    private ListFunctions() {}

    static void register(Map<String, FunctionBinder> binders) {
        binders.put("cardinality", _ -> ListFunctions::size);
        binders.put("element_at", ListFunctions::elementAt);
        binders.put("list_slice", ListFunctions::slice);
        binders.put("list_contains", _ -> in -> position(in, true));
        binders.put("list_position", _ -> in -> position(in, false));
        binders.put("list_concat", site -> in -> concat(in, site.resultType()));
        binders.put("list_append", site -> in -> append(in, site.resultType()));
        binders.put("list_reverse", site -> in -> reverse(in, site.resultType()));
        binders.put("list_sort", site -> in -> sorted(in, site.resultType(), false));
        binders.put("list_distinct", site -> in -> sorted(in, site.resultType(), true));
        binders.put("map_keys", site -> in -> entries(in, site.resultType(), 0));
        binders.put("map_values", site -> in -> entries(in, site.resultType(), 1));
        binders.put("map_contains", _ -> ListFunctions::mapContains);
    }

    /// Returns the number of elements.
    static Column size(FunctionInput in) {
        ListArgument list = new ListArgument(in, 0);
        DataBuffer to = in.memory().scratch(8L * in.rowCount());
        for (int i = 0; i < in.rowCount(); i++) {
            to.segment().set(LONG, 8L * i, list.size(i));
        }
        return in.result(ScalarType.BIGINT, to);
    }

    private static ScalarImplementation elementAt(FunctionSite site) {
        if (site.argumentType(0) == ScalarType.VARCHAR) {
            return SubstringFunctions::characterAt;
        }
        boolean map = site.argumentType(0) instanceof MapType;
        return in -> {
            MemorySegment indexes = in.memory().scratch(4L * in.rowCount()).segment();
            for (int i = 0; i < in.rowCount(); i++) {
                indexes.set(INT, 4L * i, -1);
            }
            ListArgument list = new ListArgument(in, 0);
            if (map) {
                findKeys(in, list, indexes);
            } else {
                findPositions(in, list, indexes);
            }
            Column source = map ? list.entries(in, 1) : list.child();
            return in.memory()
                    .keep(ColumnGather.gatherNullable(source, indexes, in.rowCount(), in.memory()));
        };
    }

    private static void findPositions(FunctionInput in, ListArgument list, MemorySegment indexes) {
        MemorySegment positions = in.values(1);
        int mask = in.mask(1);
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            long position = positions.get(LONG, (long) (i & mask) << 3);
            long at = position > 0 ? position - 1 : position < 0 ? list.size(i) + position : -1;
            if (at >= 0 && at < list.size(i)) {
                indexes.set(INT, 4L * i, list.from(i) + (int) at);
            }
        }
    }

    private static void findKeys(FunctionInput in, ListArgument map, MemorySegment indexes) {
        Column keys = map.entries(in, 0);
        Column wanted = in.rows(1);
        int mask = in.mask(1);
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            for (int e = map.from(i); e < map.to(i); e++) {
                if (RowComparison.compare(keys, e, wanted, i & mask) == 0) {
                    indexes.set(INT, 4L * i, e);
                    break;
                }
            }
        }
    }

    private static Column mapContains(FunctionInput in) {
        MemorySegment indexes = in.memory().scratch(4L * in.rowCount()).segment();
        for (int i = 0; i < in.rowCount(); i++) {
            indexes.set(INT, 4L * i, -1);
        }
        findKeys(in, new ListArgument(in, 0), indexes);
        DataBuffer bits = in.memory().scratchZeroed(Bitmap.bytes(in.rowCount()));
        for (int i = 0; i < in.rowCount(); i++) {
            Bitmap.set(bits.segment(), i, indexes.get(INT, 4L * i) >= 0);
        }
        return in.result(ScalarType.BOOLEAN, bits);
    }

    /// Positions count from 1, negative ones from the end; both ends are included.
    private static ScalarImplementation slice(FunctionSite site) {
        return site.argumentType(0) == ScalarType.VARCHAR
                ? SubstringFunctions::slice
                : in -> slice(in, site.resultType());
    }

    private static Column slice(FunctionInput in, Type type) {
        ListArgument list = new ListArgument(in, 0);
        MemorySegment begins = in.values(1);
        MemorySegment ends = in.values(2);
        boolean stepped = in.arguments().size() > 3;
        MemorySegment steps = stepped ? in.values(3) : ends;
        ElementPicker picker = new ElementPicker(in);
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            int size = list.size(i);
            long begin = begins.get(LONG, (long) (i & in.mask(1)) << 3);
            long end = ends.get(LONG, (long) (i & in.mask(2)) << 3);
            long first = Math.max(1, begin < 0 ? size + begin + 1 : begin);
            long last = Math.min(size, end < 0 ? size + end + 1 : end);
            long step = stepped ? steps.get(LONG, (long) (i & in.mask(3)) << 3) : 1;
            if (step < 1) {
                throw RowErrors.argument("Step of a slice is below 1: " + step);
            }
            for (long e = first; e <= last; e = last - e < step ? Long.MAX_VALUE : e + step) {
                picker.add(list.from(i) + (int) e - 1);
            }
            picker.finishRow(i);
        }
        return picker.finish(type, list.child(), in.validity());
    }

    /// Returns the position of an element from 1, or 0; or whether there is one.
    static Column position(FunctionInput in, boolean test) {
        ListArgument list = new ListArgument(in, 0);
        Column child = list.child();
        Column wanted = in.rows(1);
        int mask = in.mask(1);
        int rows = in.rowCount();
        DataBuffer to = in.memory().scratchZeroed(test ? Bitmap.bytes(rows) : 8L * rows);
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            for (int e = list.from(i); e < list.to(i); e++) {
                if (RowComparison.compare(child, e, wanted, i & mask) == 0) {
                    if (test) {
                        Bitmap.set(to.segment(), i, true);
                    } else {
                        to.segment().set(LONG, 8L * i, e - list.from(i) + 1);
                    }
                    break;
                }
            }
        }
        return in.result(test ? ScalarType.BOOLEAN : ScalarType.BIGINT, to);
    }

    /// Appends lists of one type, leaving out those that are null.
    static Column concat(FunctionInput in, Type type) {
        int count = in.arguments().size();
        List<ListArgument> lists = new ArrayList<>(count);
        List<Column> children = new ArrayList<>(count);
        for (int a = 0; a < count; a++) {
            lists.add(new ListArgument(in, a));
            children.add(lists.get(a).child());
        }
        Column all = joined(in, type, children);
        ElementPicker picker = new ElementPicker(in);
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            int shift = 0;
            for (int a = 0; a < count; a++) {
                addAll(picker, in, a, lists.get(a), i, shift);
                shift += children.get(a).rowCount();
            }
            picker.finishRow(i);
        }
        return picker.finish(type, all, in.validity());
    }

    private static void addAll(
            ElementPicker picker,
            FunctionInput in,
            int argument,
            ListArgument list,
            int row,
            int shift) {
        if (!in.argument(argument).isNull(row)) {
            for (int e = list.from(row); e < list.to(row); e++) {
                picker.add(shift + e);
            }
        }
    }

    private static Column joined(FunctionInput in, Type list, List<Column> children) {
        Type element = ((ListType) list).element();
        return in.memory().keep(ColumnConcat.concat(element, children, in.memory()));
    }

    private static Column append(FunctionInput in, Type type) {
        ListArgument list = new ListArgument(in, 0);
        Column added = in.rows(1);
        Column all = joined(in, type, List.of(list.child(), added));
        int shift = list.child().rowCount();
        ElementPicker picker = new ElementPicker(in);
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            addAll(picker, in, 0, list, i, 0);
            picker.add(shift + (i & in.mask(1)));
            picker.finishRow(i);
        }
        return picker.finish(type, all, null);
    }

    private static Column reverse(FunctionInput in, Type type) {
        ListArgument list = new ListArgument(in, 0);
        ElementPicker picker = new ElementPicker(in);
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            for (int e = list.to(i) - 1; e >= list.from(i); e--) {
                picker.add(e);
            }
            picker.finishRow(i);
        }
        return picker.finish(type, list.child(), in.validity());
    }

    /// Sorts each list; for distinct, leaves out repeated elements and nulls.
    private static Column sorted(FunctionInput in, Type type, boolean distinct) {
        ListArgument list = new ListArgument(in, 0);
        Column child = list.child();
        ElementPicker picker = new ElementPicker(in);
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            Integer[] elements = new Integer[list.size(i)];
            int from = list.from(i);
            Arrays.setAll(elements, e -> from + e);
            Arrays.sort(elements, (a, b) -> RowComparison.compare(child, a, child, b));
            for (int e = 0; e < elements.length; e++) {
                boolean repeated =
                        e > 0
                                && RowComparison.compare(child, elements[e - 1], child, elements[e])
                                        == 0;
                if (!distinct || !repeated && !child.isNull(elements[e])) {
                    picker.add(elements[e]);
                }
            }
            picker.finishRow(i);
        }
        return picker.finish(type, child, in.validity());
    }

    private static Column entries(FunctionInput in, Type type, int member) {
        ListArgument map = new ListArgument(in, 0);
        ElementPicker picker = new ElementPicker(in);
        for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
            for (int e = map.from(i); e < map.to(i); e++) {
                picker.add(e);
            }
            picker.finishRow(i);
        }
        return picker.finish(type, map.entries(in, member), in.validity());
    }
}
