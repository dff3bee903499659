package io.neuralake.conformance.random;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// A piece of a query, made of text and other pieces, with simpler pieces that may stand in its place.
/// A query that two engines answer differently is made small by trying them.
final class Sql {
    private final List<Object> parts;
    private final List<Sql> simpler = new ArrayList<>();
    private @Nullable Sql instead;

    private Sql(List<Object> parts) {
        this.parts = parts;
    }

    /// Makes a piece of texts, pieces and lists of pieces; the latter are joined by commas, each of
    /// which may be left out.
    static Sql of(Object... parts) {
        List<Object> all = new ArrayList<>();
        for (Object part : parts) {
            if (part instanceof List<?> list) {
                all.add(commas(list));
            } else {
                all.add(part instanceof Sql ? part : part.toString());
            }
        }
        return new Sql(all);
    }

    private static Sql commas(List<?> list) {
        List<Object> parts = new ArrayList<>();
        for (Object element : list) {
            if (!parts.isEmpty()) {
                parts.add(", ");
            }
            parts.add(element instanceof Sql ? element : element.toString());
        }
        Sql joined = new Sql(parts);
        for (int left = 0; left < list.size() && list.size() > 1; left++) {
            List<Object> fewer = new ArrayList<>(list);
            fewer.remove(left);
            joined.simpler.add(new Sql(List.of(new Rest(fewer))));
        }
        return joined;
    }

    /// A shorter list, made a piece only when it is tried.
    private record Rest(List<Object> elements) {}

    /// Adds pieces that may stand in the place of this one.
    Sql or(Object... pieces) {
        for (Object piece : pieces) {
            simpler.add(piece instanceof Sql sql ? sql : of(piece));
        }
        return this;
    }

    /// Makes the query smaller as long as it stays interesting.
    ///
    /// @param attempts most texts to try
    static void reduce(Sql query, Predicate<String> interesting, int attempts) {
        int left = attempts;
        boolean smaller = true;
        while (smaller && left > 0) {
            smaller = false;
            List<Sql> pieces = new ArrayList<>();
            query.collect(pieces);
            for (Sql piece : pieces) {
                for (Sql candidate : piece.simpler) {
                    if (left-- > 0 && piece.accepts(candidate, query, interesting)) {
                        smaller = true;
                        break;
                    }
                }
                if (smaller) {
                    break;
                }
            }
        }
    }

    private boolean accepts(Sql candidate, Sql query, Predicate<String> interesting) {
        instead = candidate.parts.getFirst() instanceof Rest(var list) ? commas(list) : candidate;
        if (interesting.test(query.toString())) {
            return true;
        }
        instead = null;
        return false;
    }

    /// Collects the pieces in sight, outer ones first.
    private void collect(List<Sql> pieces) {
        if (instead != null) {
            instead.collect(pieces);
            return;
        }
        pieces.add(this);
        for (Object part : parts) {
            if (part instanceof Sql sql) {
                sql.collect(pieces);
            }
        }
    }

    @Override
    public String toString() {
        if (instead != null) {
            return instead.toString();
        }
        StringBuilder text = new StringBuilder();
        parts.forEach(text::append);
        return text.toString();
    }
}
