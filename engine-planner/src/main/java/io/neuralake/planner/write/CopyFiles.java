package io.neuralake.planner.write;

import io.neuralake.exec.QueryResult;
import io.neuralake.planner.SqlSession;
import io.neuralake.planner.sql.ChangeStatement.Copy;
import io.neuralake.planner.sql.Fragment;
import io.neuralake.planner.write.Planning.Planned;
import io.neuralake.planner.write.SourceFiles.SourceFile;
import io.neuralake.spi.change.ChangeInfo;
import io.neuralake.spi.change.ChangeOperation;
import io.neuralake.spi.change.TableChange;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.apache.calcite.sql.SqlNode;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/// Runs COPY INTO: appends files that the table has not loaded before, all in one commit, which also
/// records them.
final class CopyFiles {
    private final Planning planning;
    private final ChangeRunner runner;
    private final SourceFiles files;

    CopyFiles(Planning planning, ChangeRunner runner, SourceFiles files) {
        this.planning = planning;
        this.runner = runner;
        this.files = files;
    }

    long copy(Copy copy, SqlSession session) {
        if (session.transaction().isPresent()) {
            throw new NeuralakeException(
                    ErrorCode.UNSUPPORTED, "COPY INTO is not supported inside a transaction");
        }
        List<SourceFile> found =
                files.list(copy.path()).stream().filter(f -> matches(f, copy.pattern())).toList();
        List<SourceFile> fresh = new ArrayList<>();
        ChangeInfo info =
                new ChangeInfo(
                        ChangeOperation.COPY_INTO, Map.of("source", copy.path()), session.user());
        return runner.run(
                copy.table(),
                info,
                session,
                (target, change, tables) -> {
                    target.refuseIdentities();
                    Scope scope = new Scope(planning, session, tables, target, "");
                    long count = 0;
                    for (SourceFile file : fresh) {
                        count += append(scope, file, copy.format(), change);
                    }
                    return count;
                },
                transaction -> {
                    fresh.clear();
                    found.stream()
                            .filter(file -> transaction.identify(application(file), 1))
                            .forEach(fresh::add);
                    return !fresh.isEmpty();
                });
    }

    private static boolean matches(
            SourceFile file, @org.jspecify.annotations.Nullable String glob) {
        if (glob == null) {
            return true;
        }
        String name = file.path().substring(file.path().lastIndexOf('/') + 1);
        StringBuilder pattern = new StringBuilder();
        for (char c : glob.toCharArray()) {
            pattern.append(
                    switch (c) {
                        case '*' -> ".*";
                        case '?' -> ".";
                        default -> Pattern.quote(String.valueOf(c));
                    });
        }
        return Pattern.matches(pattern.toString(), name);
    }

    /// Returns what a file is known by once it is loaded: it is another when it was written anew.
    private static String application(SourceFile file) {
        String identity = file.path() + '\0' + file.bytes() + '\0' + file.modified();
        return "copy-into-" + UUID.nameUUIDFromBytes(identity.getBytes(StandardCharsets.UTF_8));
    }

    private long append(Scope scope, SourceFile file, String format, TableChange change) {
        String text =
                "SELECT * FROM read_"
                        + format.toLowerCase(Locale.ROOT)
                        + "('"
                        + file.path().replace("'", "''")
                        + "')";
        Supplier<SqlNode> source = Fragment.of(text)::query;
        try {
            ChangeQuery query = InsertQuery.byName(scope, source, false);
            Planned planned = planning.plan(query.tree(), null, scope.tables(), scope.session());
            try (QueryResult rows = planning.run(planned, List.of(), scope.session(), false)) {
                return new ChangeFeed(query, change).feed(rows);
            }
        } catch (NeuralakeException e) {
            throw new NeuralakeException(e.code(), e.getMessage() + "; file " + file.path(), e);
        }
    }
}
