/// How tables are made and changed: definitions, alterations, and transactions that stage the changes
/// of statements until they are committed as one.
@NullMarked
package io.neuralake.spi.change;

import org.jspecify.annotations.NullMarked;
