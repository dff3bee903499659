package io.neuralake.server.bench.load;

import io.neuralake.server.generate.DataSetWriter;
import io.neuralake.server.generate.GeneratedTable;
import io.neuralake.server.generate.PointsTable;
import io.neuralake.server.generate.TpchTables;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The files that loads read. They may be those of `bench tpch`: what is missing is added.
///
/// @param folder of the files, one a table
/// @param scale of TPC-H
/// @param points rows of [PointsTable]
public record LoadData(Path folder, double scale, long points) {
    /// Makes the files that are not there.
    public void make(DataSetWriter.Progress progress) {
        List<GeneratedTable> missing = new ArrayList<>(TpchTables.at(scale));
        missing.add(new PointsTable(points));
        missing.removeIf(table -> Files.exists(folder.resolve(table.name() + ".parquet")));
        DataSetWriter.write(missing, folder, DataSetWriter.Layout.FILES, progress);
    }
}
