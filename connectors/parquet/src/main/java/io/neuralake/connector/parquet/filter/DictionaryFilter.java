package io.neuralake.connector.parquet.filter;

import io.neuralake.spi.batch.Column;
import io.neuralake.spi.expression.ScanPredicate;

import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.PageEncodingStats;
import org.apache.parquet.format.PageType;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Decides from a chunk's dictionary whether a predicate can hold.
public final class DictionaryFilter {
    private DictionaryFilter() {}

    /// Tells whether all values of the chunk are in its dictionary.
    public static boolean complete(ColumnMetaData meta) {
        List<PageEncodingStats> statistics = meta.getEncoding_stats();
        if (statistics == null) {
            // Without page statistics: writers name PLAIN for dictionary pages of the new kind, so
            // only the old name for both is clear.
            List<Encoding> encodings = meta.getEncodings();
            return encodings != null
                    && encodings.contains(Encoding.PLAIN_DICTIONARY)
                    && encodings.stream()
                            .allMatch(
                                    e ->
                                            e == Encoding.PLAIN_DICTIONARY
                                                    || e == Encoding.RLE
                                                    || e == Encoding.BIT_PACKED);
        }
        boolean any = false;
        for (PageEncodingStats pages : statistics) {
            if (pages.getPage_type() == PageType.DATA_PAGE
                    || pages.getPage_type() == PageType.DATA_PAGE_V2) {
                if (pages.getCount() > 0
                        && pages.getEncoding() != Encoding.PLAIN_DICTIONARY
                        && pages.getEncoding() != Encoding.RLE_DICTIONARY) {
                    return false;
                }
                any |= pages.getCount() > 0;
            }
        }
        return any;
    }

    /// Tells whether a predicate on the chunk's column may hold for a value of the dictionary. Only
    /// predicates that nulls cannot fulfil are decided.
    public static boolean mayMatch(ScanPredicate predicate, Column dictionary) {
        if (predicate instanceof ScanPredicate.NullTest) {
            return true;
        }
        if (predicate instanceof ScanPredicate.In in && hashable(in.values())) {
            Set<Object> wanted = new HashSet<>(in.values());
            for (int i = 0; i < dictionary.rowCount(); i++) {
                if (wanted.contains(dictionary.value(i))) {
                    return true;
                }
            }
            return false;
        }
        for (int i = 0; i < dictionary.rowCount(); i++) {
            Object value = dictionary.value(i);
            if (value == null || Values.isNaN(value)) {
                return true;
            }
            Object form = Values.comparable(value);
            if (Pruner.leafMayMatch(predicate, new ValueBounds(form, form, 0, 1, false))) {
                return true;
            }
        }
        return false;
    }

    /// Tells whether equal values are equal as Java objects, in a list long enough to make use of it.
    private static boolean hashable(List<Object> values) {
        return values.size() > 8
                && values.stream().allMatch(v -> v instanceof Long || v instanceof String);
    }
}
