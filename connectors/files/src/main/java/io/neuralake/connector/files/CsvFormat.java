package io.neuralake.connector.files;

import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;
import io.neuralake.spi.type.Type;
import io.neuralake.storage.ObjectStore;
import io.neuralake.storage.StoragePath;
import io.neuralake.storage.StoredEntry;

import org.jspecify.annotations.Nullable;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Comma-separated values (RFC 4180). The separator is the one of `,` `;` tab `|` that the first line
/// holds most of. The first line is a header unless all of its fields look like data of the columns
/// below. An empty field is null.
final class CsvFormat implements TextFormat {
    private static final int SAMPLE_ROWS = 10_000;
    private static final String SEPARATORS = ",;\t|";

    private final ObjectStore store;

    CsvFormat(ObjectStore store) {
        this.store = store;
    }

    @Override
    public Schema infer(StoredEntry file) {
        List<String> first = List.of();
        List<TypeGuess> guesses = new ArrayList<>();
        List<TypeGuess> firstGuesses = new ArrayList<>();
        try (CsvReader<CsvRecord> reader = reader(file);
                CloseableIterator<CsvRecord> records = reader.iterator()) {
            if (records.hasNext()) {
                first = records.next().getFields();
            }
            for (String field : first) {
                guesses.add(new TypeGuess());
                TypeGuess guess = new TypeGuess();
                guess.add(field);
                firstGuesses.add(guess);
            }
            for (int row = 1; row < SAMPLE_ROWS && records.hasNext(); row++) {
                List<String> fields = records.next().getFields();
                for (int c = 0; c < Math.min(fields.size(), guesses.size()); c++) {
                    guesses.get(c).add(fields.get(c));
                }
            }
        } catch (IOException | CsvParseException e) {
            throw corrupt(file, e);
        }
        boolean header = header(guesses, firstGuesses);
        List<Field> fields = new ArrayList<>();
        for (int c = 0; c < first.size(); c++) {
            String name = header ? first.get(c).strip() : "";
            Type type = (header ? guesses.get(c) : guesses.get(c).with(first.get(c))).type();
            fields.add(Field.of(name.isEmpty() ? "column" + c : name, type));
        }
        return new Schema(fields);
    }

    /// A header is text above data: some column is not text but its first field is. With text
    /// columns only, the first line is taken for a header, as most files have one.
    private static boolean header(List<TypeGuess> below, List<TypeGuess> first) {
        boolean allText = true;
        for (int c = 0; c < below.size(); c++) {
            boolean textBelow = below.get(c).type() == ScalarType.VARCHAR;
            if (!textBelow && first.get(c).type() == ScalarType.VARCHAR) {
                return true;
            }
            allText &= first.get(c).type() == ScalarType.VARCHAR;
        }
        return allText;
    }

    private CsvReader<CsvRecord> reader(StoredEntry file) throws IOException {
        CsvReader.CsvReaderBuilder builder =
                CsvReader.builder()
                        .fieldSeparator(separator(file))
                        .skipEmptyLines(true)
                        .allowMissingFields(true)
                        .allowExtraFields(true);
        return StoragePath.isRemote(file.path())
                ? builder.ofCsvRecord(text(file))
                : builder.ofCsvRecord(Path.of(file.path()));
    }

    private Reader text(StoredEntry file) throws IOException {
        return StoragePath.isRemote(file.path())
                ? new InputStreamReader(
                        store.open(file, 0, file.bytes()), StandardCharsets.UTF_8.newDecoder())
                : Files.newBufferedReader(Path.of(file.path()), StandardCharsets.UTF_8);
    }

    private char separator(StoredEntry file) throws IOException {
        try (BufferedReader reader = new BufferedReader(text(file))) {
            String line = reader.readLine();
            char best = ',';
            long most = 0;
            for (char candidate : SEPARATORS.toCharArray()) {
                long count = line == null ? 0 : line.chars().filter(ch -> ch == candidate).count();
                if (count > most) {
                    most = count;
                    best = candidate;
                }
            }
            return best;
        }
    }

    private static NeuralakeException corrupt(StoredEntry file, Exception cause) {
        return new NeuralakeException(
                ErrorCode.CORRUPT_FILE, "Cannot read CSV file: " + file.path(), cause);
    }

    @Override
    public RowReader open(StoredEntry file, Schema schema) {
        try {
            CsvReader<CsvRecord> reader = reader(file);
            return new CsvRows(file, schema, reader, reader.iterator());
        } catch (IOException e) {
            throw corrupt(file, e);
        }
    }

    private static final class CsvRows implements RowReader {
        private final StoredEntry file;
        private final Schema schema;
        private final CsvReader<CsvRecord> reader;
        private final CloseableIterator<CsvRecord> records;
        private boolean begun;
        private long bytes;

        CsvRows(
                StoredEntry file,
                Schema schema,
                CsvReader<CsvRecord> reader,
                CloseableIterator<CsvRecord> records) {
            this.file = file;
            this.schema = schema;
            this.reader = reader;
            this.records = records;
        }

        @Override
        public List<@Nullable Object> next() {
            try {
                while (records.hasNext()) {
                    CsvRecord csv = records.next();
                    if (begun || !isHeader(csv)) {
                        begun = true;
                        return row(csv);
                    }
                    begun = true;
                }
                return List.of();
            } catch (CsvParseException | java.io.UncheckedIOException e) {
                throw corrupt(file, e);
            }
        }

        private boolean isHeader(CsvRecord csv) {
            if (csv.getFieldCount() != schema.size()) {
                return false;
            }
            for (int c = 0; c < schema.size(); c++) {
                String text = csv.getField(c).strip();
                if (!(text.isEmpty() ? "column" + c : text).equals(schema.field(c).name())) {
                    return false;
                }
            }
            return true;
        }

        private List<@Nullable Object> row(CsvRecord csv) {
            if (csv.getFieldCount() != schema.size()) {
                throw new NeuralakeException(
                        ErrorCode.CORRUPT_FILE,
                        "CSV line has "
                                + csv.getFieldCount()
                                + " fields instead of "
                                + schema.size()
                                + ": "
                                + file.path()
                                + ", line "
                                + csv.getStartingLineNumber());
            }
            List<@Nullable Object> values = new ArrayList<>(schema.size());
            for (int c = 0; c < schema.size(); c++) {
                String text = csv.getField(c);
                bytes += text.length() + 1;
                try {
                    values.add(
                            text.isEmpty() ? null : TextValues.parse(schema.field(c).type(), text));
                } catch (IllegalArgumentException | java.time.DateTimeException e) {
                    throw new NeuralakeException(
                            ErrorCode.INVALID_TEXT,
                            "Value is not of type "
                                    + schema.field(c).type().sql()
                                    + ": "
                                    + text
                                    + " in column "
                                    + schema.field(c).name()
                                    + " of "
                                    + file.path()
                                    + ", line "
                                    + csv.getStartingLineNumber(),
                            e);
                }
            }
            return values;
        }

        @Override
        public long bytesRead() {
            return bytes;
        }

        @Override
        public void close() {
            try {
                records.close();
                reader.close();
            } catch (IOException e) {
                throw corrupt(file, e);
            }
        }
    }
}
