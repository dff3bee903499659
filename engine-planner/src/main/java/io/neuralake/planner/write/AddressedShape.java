package io.neuralake.planner.write;

import io.neuralake.spi.catalog.QualifiedName;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.catalog.TableStatistics;
import io.neuralake.spi.change.RowAddress;
import io.neuralake.spi.connector.Connector;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.Schema;

import java.util.ArrayList;
import java.util.List;

/// Stands in for a table with addresses while a statement is checked; nothing reads it.
record AddressedShape(TableSnapshot table) implements TableSnapshot {
    @Override
    public QualifiedName name() {
        return table.name();
    }

    @Override
    public Schema schema() {
        List<Field> fields = new ArrayList<>(table.schema().fields());
        fields.add(RowAddress.FILE);
        fields.add(RowAddress.ROW);
        return new Schema(fields);
    }

    @Override
    public TableStatistics statistics() {
        return table.statistics();
    }

    @Override
    public Object version() {
        return table.version();
    }

    @Override
    public Connector connector() {
        return table.connector();
    }
}
