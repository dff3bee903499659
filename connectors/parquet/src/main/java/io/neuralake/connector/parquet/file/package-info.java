/// Opens Parquet files: mapped bytes, footers and the errors of damaged files.
@NullMarked
package io.neuralake.connector.parquet.file;

import org.jspecify.annotations.NullMarked;
