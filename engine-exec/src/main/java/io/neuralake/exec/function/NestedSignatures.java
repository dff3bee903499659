package io.neuralake.exec.function;

import static io.neuralake.exec.function.SignatureBuilder.ANY;
import static io.neuralake.exec.function.SignatureBuilder.AS_BIGINT;
import static io.neuralake.exec.function.SignatureBuilder.LIST;
import static io.neuralake.exec.function.SignatureBuilder.MAP;
import static io.neuralake.exec.function.SignatureBuilder.TEXT;
import static io.neuralake.exec.function.SignatureBuilder.argument;
import static io.neuralake.exec.function.SignatureBuilder.fixed;
import static io.neuralake.exec.function.SignatureBuilder.function;

import io.neuralake.exec.function.ScalarSignature.ResultRule;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.MapType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.StructType;
import io.neuralake.spi.type.Type;

import java.util.ArrayList;
import java.util.List;

/// Lists the functions of lists, structs and maps.
final class NestedSignatures {
    private static final ResultRule ELEMENT = a -> element(a.get(0));

    private NestedSignatures() {}

    static List<ScalarSignature> list() {
        List<ScalarSignature> list = new ArrayList<>();
        elements(list);
        numbers(list);
        making(list);
        return list;
    }

    private static Type element(Type type) {
        return switch (type) {
            case ListType list -> list.element();
            case MapType map -> map.value();
            case ScalarType.NULL -> ScalarType.NULL;
            default ->
                    throw new NeuralakeException(
                            ErrorCode.TYPE_MISMATCH, "Not a list or map: " + type.sql());
        };
    }

    private static void elements(List<ScalarSignature> list) {
        list.add(
                function("cardinality", "array_length", "array_size", "list_length")
                        .takes(ScalarType.BIGINT, LIST)
                        .takes(ScalarType.BIGINT, MAP)
                        .takes(ScalarType.BIGINT, LIST, AS_BIGINT)
                        .says("The number of elements or entries"));
        list.add(
                function(
                                "element_at",
                                "item",
                                "subscript",
                                "list_element",
                                "list_extract",
                                "array_extract",
                                "map_extract_value")
                        .takes(ELEMENT, LIST, AS_BIGINT)
                        .takes(ELEMENT, MAP, ANY)
                        .takes(ScalarType.VARCHAR, TEXT, AS_BIGINT)
                        .says(
                                "The element at a position, from 1, or the value of a key; NULL"
                                        + " where there is none"));
        list.add(
                function("list_slice", "array_slice")
                        .takesOptional(1, argument(0), LIST, AS_BIGINT, AS_BIGINT, AS_BIGINT)
                        .takes(ScalarType.VARCHAR, TEXT, AS_BIGINT, AS_BIGINT)
                        .says(
                                "The elements or characters from one position to another, both"
                                        + " included, in steps"));
        list.add(
                function("list_contains", "array_contains", "list_has", "array_has")
                        .takes(ScalarType.BOOLEAN, LIST, ANY)
                        .says("Whether the list has an element"));
        list.add(
                function("list_position", "array_position", "list_indexof")
                        .takes(ScalarType.BIGINT, LIST, ANY)
                        .says("The position of an element, from 1; else 0"));
        list.add(
                function("list_concat", "array_concat", "list_cat", "array_cat")
                        .takesMany(0, CommonTypes::least, LIST)
                        .seesNulls()
                        .says("The elements of all lists"));
        list.add(
                function("list_append", "array_append")
                        .takes(NestedSignatures::appended, LIST, ANY)
                        .seesNulls()
                        .says("The list with one more element"));
        list.add(
                function("list_reverse", "array_reverse")
                        .takes(argument(0), LIST)
                        .says("The elements backwards"));
        list.add(
                function("list_sort", "array_sort")
                        .takes(argument(0), LIST)
                        .says("The elements in ascending order, NULLs last"));
        list.add(
                function("list_distinct", "array_distinct")
                        .takes(argument(0), LIST)
                        .says("The elements without duplicates and NULLs"));
        list.add(
                function("array_to_string", "list_to_string")
                        .takes(ScalarType.VARCHAR, LIST, TEXT)
                        .says("The elements as text with a separator, leaving out NULLs"));
        list.add(
                function("map_keys")
                        .takes(a -> list(a.get(0), true), MAP)
                        .says("The keys of a map"));
        list.add(
                function("map_values")
                        .takes(a -> list(a.get(0), false), MAP)
                        .says("The values of a map"));
        list.add(
                function("map_contains", "map_contains_key")
                        .takes(ScalarType.BOOLEAN, MAP, ANY)
                        .says("Whether the map has a key"));
    }

    private static Type list(Type map, boolean keys) {
        return map instanceof MapType m
                ? new ListType(keys ? m.key() : m.value())
                : new ListType(ScalarType.NULL);
    }

    private static Type appended(List<Type> types) {
        if (types.get(0) == ScalarType.NULL) {
            return new ListType(types.get(1));
        }
        Type element = element(types.get(0));
        Type added = types.get(1);
        // A bare NULL and a constant text count as VARCHAR and take the elements' type.
        boolean keeps =
                element == ScalarType.VARCHAR
                        || added == ScalarType.VARCHAR && element != ScalarType.NULL;
        return new ListType(keeps ? element : CommonTypes.least(element, added));
    }

    private static void numbers(List<ScalarSignature> list) {
        list.add(
                function("list_sum", "array_sum")
                        .takes(a -> sum(element(a.get(0))), LIST)
                        .says("The sum of the elements"));
        list.add(
                function("list_avg", "list_mean", "array_avg")
                        .takes(ScalarType.DOUBLE, LIST)
                        .says("The average of the elements"));
        list.add(function("list_min", "array_min").takes(ELEMENT, LIST).says("The least element"));
        list.add(
                function("list_max", "array_max")
                        .takes(ELEMENT, LIST)
                        .says("The greatest element"));
        list.add(
                function("list_count")
                        .takes(ScalarType.BIGINT, LIST)
                        .says("The number of elements that are not NULL"));
    }

    private static Type sum(Type element) {
        return switch (element) {
            case ScalarType.TINYINT, ScalarType.SMALLINT, ScalarType.INTEGER -> ScalarType.BIGINT;
            case ScalarType.BIGINT -> new DecimalType(38, 0);
            case ScalarType.REAL, ScalarType.DOUBLE -> ScalarType.DOUBLE;
            case DecimalType d -> new DecimalType(38, d.scale());
            case ScalarType.INTERVAL_DAY_TIME, ScalarType.INTERVAL_YEAR_MONTH -> element;
            case ScalarType.NULL -> ScalarType.BIGINT;
            default ->
                    throw new NeuralakeException(
                            ErrorCode.TYPE_MISMATCH, "Not a list of numbers: " + element.sql());
        };
    }

    private static void making(List<ScalarSignature> list) {
        list.add(
                function("list_value", "array", "list_pack")
                        .takesMany(1, a -> new ListType(CommonTypes.least(a)), ANY)
                        .seesNulls()
                        .says("A list of the values"));
        list.add(
                function("row", "struct_pack")
                        .takesMany(0, NestedSignatures::row, ANY)
                        .seesNulls()
                        .says("A struct of the values"));
        list.add(
                function("map")
                        .takes(NestedSignatures::map, LIST, LIST)
                        .says("A map of a list of keys and a list of values"));
        list.add(
                function("map_value")
                        .takesMany(0, NestedSignatures::mapValue, ANY)
                        .seesNulls()
                        .says("A map of alternating keys and values"));
        list.add(series("range").says("The numbers from start to below stop"));
        list.add(series("generate_series").says("The numbers from start to stop"));
    }

    private static SignatureBuilder series(String name) {
        Type list = new ListType(ScalarType.BIGINT);
        return function(name)
                .takes(list, AS_BIGINT)
                .takesOptional(1, fixed(list), AS_BIGINT, AS_BIGINT, AS_BIGINT);
    }

    private static Type row(List<Type> types) {
        List<Field> fields = new ArrayList<>();
        for (int i = 0; i < types.size(); i++) {
            fields.add(Field.of("EXPR$" + i, types.get(i)));
        }
        return new StructType(fields);
    }

    private static Type map(List<Type> types) {
        return new MapType(element(types.get(0)), element(types.get(1)));
    }

    private static Type mapValue(List<Type> types) {
        List<Type> keys = new ArrayList<>();
        List<Type> values = new ArrayList<>();
        for (int i = 0; i < types.size(); i++) {
            (i % 2 == 0 ? keys : values).add(types.get(i));
        }
        return new MapType(CommonTypes.least(keys), CommonTypes.least(values));
    }
}
