package io.neuralake.connector.delta.commit;

import io.neuralake.connector.delta.log.AddFile;
import io.neuralake.connector.delta.write.PlaceListener;
import io.neuralake.connector.delta.write.RowAddresses;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// Notes where the rows of a writer's files were in the version that the transaction began with, also if they have moved
/// in it before. For one thread.
final class OriginCollector implements PlaceListener {
    private final WrittenFiles before;
    private final boolean ordered;
    private final List<RowOrigins> files = new ArrayList<>();

    /// What is known of the file that the last row was from, which the next is from, too, as a rule.
    private @Nullable AddFile last;

    private @Nullable RowOrigins earlier;
    private int number;

    /// @param before what the transaction has written before
    /// @param ordered whether it has to be known which row was where
    OriginCollector(WrittenFiles before, boolean ordered) {
        this.before = before;
        this.ordered = ordered;
    }

    @Override
    public void placed(int file, RowAddresses addresses, int[] rows, int from, int to) {
        while (files.size() <= file) {
            files.add(ordered ? new RowOrigins.Ordered() : new RowOrigins.Unordered());
        }
        RowOrigins origins = files.get(file);
        for (int i = from; i < to; i++) {
            long position = addresses.position(rows[i]);
            RowOrigins moved = look(addresses.file(rows[i]));
            if (moved == null) {
                origins.add(number, position);
            } else {
                origins.add(moved.file(position), moved.row(position));
            }
        }
    }

    /// Returns where the rows of a file were before; null, with its number set, for one that was there.
    private @Nullable RowOrigins look(AddFile source) {
        if (source != last) {
            WrittenFiles.Written written = before.get(source);
            earlier = written == null ? null : written.origins();
            number = earlier == null ? before.number(source) : -1;
            last = source;
        }
        return earlier;
    }

    /// Returns the origins of the rows of a file, by its place in the writer's result.
    RowOrigins of(int file) {
        return files.get(file);
    }
}
