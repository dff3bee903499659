package io.neuralake.connector.parquet;

import io.neuralake.connector.parquet.file.FileId;
import io.neuralake.connector.parquet.file.KeptStatistics;
import io.neuralake.connector.parquet.file.KeptStatistics.FileStatistics;
import io.neuralake.connector.parquet.schema.ParquetField;
import io.neuralake.spi.catalog.ColumnStatistics;
import io.neuralake.spi.catalog.PartStatistics;
import io.neuralake.spi.catalog.QualifiedName;
import io.neuralake.spi.catalog.SupportsAnalyze;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.Schema;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A table at a place where statistics can be kept: a folder or a file, and no glob.
final class StoredTable extends ParquetTable implements SupportsAnalyze {
    private final TableFiles found;
    private final Path place;

    StoredTable(
            QualifiedName name,
            Schema schema,
            List<ParquetPart> parts,
            ParquetConnector connector,
            TableFiles found,
            Path place) {
        super(name, schema, parts, connector, found.version());
        this.found = found;
        this.place = place;
    }

    @Override
    public List<TableSnapshot> parts() {
        List<TableSnapshot> tables = new ArrayList<>();
        for (ParquetPart part : files()) {
            List<Field> fields = new ArrayList<>();
            for (ParquetField field : part.footer().schema().fields()) {
                fields.add(new Field(field.name(), field.type(), field.nullable()));
            }
            Schema schema = new Schema(fields);
            FileStatistics kept = part instanceof PlainPart plain ? plain.kept() : null;
            tables.add(
                    new ParquetTable(
                            name(),
                            schema,
                            List.of(new PlainPart(part.footer(), schema, List.of(), kept)),
                            parquetConnector(),
                            List.of(part.footer().id())));
        }
        return tables;
    }

    @Override
    public void keep(List<PartStatistics> statistics) {
        Map<FileId, FileStatistics> kept = new LinkedHashMap<>();
        Map<FileId, FileStatistics> before = KeptStatistics.read(place);
        for (FileId file : found.files()) {
            FileStatistics known = before.get(file);
            if (known != null) {
                kept.put(file, known);
            }
        }
        for (PartStatistics part : statistics) {
            FileId file = ((ParquetTable) part.part()).files().getFirst().footer().id();
            FileStatistics known = kept.get(file);
            Map<String, ColumnStatistics> columns =
                    known == null ? new HashMap<>() : new HashMap<>(known.columns());
            columns.putAll(part.columns());
            kept.put(file, new FileStatistics(part.rowCount(), columns));
        }
        KeptStatistics.write(place, kept);
    }
}
