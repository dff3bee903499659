package io.neuralake.connector.delta.commit;

import io.neuralake.connector.delta.log.TableState;

/// Is told of commits of this process. Must return at once and throw nothing.
@FunctionalInterface
public interface CommitListener {
    /// Says that a version was committed.
    ///
    /// @param folder the table's folder
    void committed(String folder, TableState committed);
}
