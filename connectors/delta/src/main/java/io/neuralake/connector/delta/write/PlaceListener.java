package io.neuralake.connector.delta.write;

/// Is told where rows are written.
public interface PlaceListener {
    /// Takes note of rows that are written behind one another into a file.
    ///
    /// @param file counts the files of the writer from 0, in the order of its result
    /// @param origins where the rows were before
    /// @param rows indexes of rows in `origins`, of which those at `from`, inclusive, to `to` count
    void placed(int file, RowAddresses origins, int[] rows, int from, int to);
}
