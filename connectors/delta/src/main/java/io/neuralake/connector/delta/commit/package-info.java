/// Changes Delta tables: definitions, transactions, conflicts with others, and commits.
@NullMarked
package io.neuralake.connector.delta.commit;

import org.jspecify.annotations.NullMarked;
