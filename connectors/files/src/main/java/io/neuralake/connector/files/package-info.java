/// CSV and JSON files as tables, with inferred schemas.
@NullMarked
package io.neuralake.connector.files;

import org.jspecify.annotations.NullMarked;
