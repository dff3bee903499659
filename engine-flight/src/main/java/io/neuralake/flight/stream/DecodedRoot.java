package io.neuralake.flight.stream;

import io.neuralake.spi.arrow.ArrowLayout;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryEncoder;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// What a client sends, with the values of dictionary columns in place of their codes. Without it codes
/// would pass for numbers.
public final class DecodedRoot {
    private final FlightStream stream;

    /// Reads from a stream, which stays the caller's.
    public DecodedRoot(FlightStream stream) {
        this.stream = stream;
    }

    /// Rows, and the vectors that were made of them.
    public record Rows(VectorSchemaRoot root, List<FieldVector> made) implements AutoCloseable {
        @Override
        public void close() {
            made.forEach(FieldVector::close);
        }
    }

    /// Waits for the schema and returns it. Throws UNSUPPORTED for dictionaries inside of other columns.
    public Schema schema() {
        List<Field> fields = new ArrayList<>();
        for (FieldVector vector : stream.getRoot().getFieldVectors()) {
            Field field = vector.getField();
            field.getChildren().forEach(DecodedRoot::refuse);
            DictionaryEncoding encoding = field.getDictionary();
            fields.add(encoding == null ? field : decoded(field, dictionary(encoding)));
        }
        return new Schema(fields);
    }

    private static Field decoded(Field field, Dictionary dictionary) {
        Field values = dictionary.getVector().getField();
        refuse(values);
        return new Field(
                field.getName(),
                new FieldType(field.isNullable(), values.getType(), null),
                values.getChildren());
    }

    private static void refuse(Field field) {
        if (field.getDictionary() != null) {
            throw new NeuralakeException(
                    ErrorCode.UNSUPPORTED,
                    "Dictionaries inside of lists and structs are not supported: "
                            + field.getName());
        }
        field.getChildren().forEach(DecodedRoot::refuse);
    }

    private Dictionary dictionary(DictionaryEncoding encoding) {
        @Nullable Dictionary found = stream.getDictionaryProvider().lookup(encoding.getId());
        if (found == null) {
            throw new NeuralakeException(
                    ErrorCode.INVALID_PARAMETER, "Dictionary was not sent: " + encoding.getId());
        }
        return found;
    }

    /// Goes to the next rows; false at the end. Throws INVALID_PARAMETER for data that does not fit its
    /// schema.
    public boolean next() {
        try {
            return stream.next();
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new NeuralakeException(
                    ErrorCode.INVALID_PARAMETER,
                    "Arrow data is malformed: its buffers do not fit its schema",
                    e);
        }
    }

    /// Returns the rows that the stream is at. The caller closes them; the root stays the stream's.
    /// Throws INVALID_PARAMETER for codes outside of their dictionary.
    public Rows rows() {
        VectorSchemaRoot root = stream.getRoot();
        List<FieldVector> made = new ArrayList<>();
        try {
            List<FieldVector> vectors = new ArrayList<>();
            for (FieldVector vector : root.getFieldVectors()) {
                DictionaryEncoding encoding = vector.getField().getDictionary();
                if (encoding == null) {
                    vectors.add(vector);
                } else {
                    FieldVector values = decoded(vector, dictionary(encoding));
                    made.add(values);
                    vectors.add(values);
                }
            }
            if (made.isEmpty()) {
                return new Rows(root, made);
            }
            List<Field> fields = vectors.stream().map(FieldVector::getField).toList();
            return new Rows(new VectorSchemaRoot(fields, vectors, root.getRowCount()), made);
        } catch (RuntimeException | Error e) {
            made.forEach(FieldVector::close);
            throw e;
        }
    }

    private static FieldVector decoded(FieldVector codes, Dictionary dictionary) {
        FieldVector values = dictionary.getVector();
        ArrowLayout.check(values, 0, values.getValueCount());
        ArrowLayout.checkCodes(codes, values.getValueCount());
        return (FieldVector) DictionaryEncoder.decode(codes, dictionary);
    }
}
