/// A Delta table's schema: types, names in files, and where a file has each column.
@NullMarked
package io.neuralake.connector.delta.schema;

import org.jspecify.annotations.NullMarked;
