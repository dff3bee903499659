package io.neuralake.connector.parquet;

import io.neuralake.connector.parquet.file.Footer;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// One file of a table.
///
/// @param partitionValues values of the table's partition columns, in Java form
record ParquetPart(Footer footer, List<@Nullable Object> partitionValues) {
    ParquetPart {
        partitionValues = Collections.unmodifiableList(new ArrayList<>(partitionValues));
    }
}
