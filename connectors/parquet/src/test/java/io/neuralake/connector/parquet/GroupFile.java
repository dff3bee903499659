package io.neuralake.connector.parquet;

import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroupFactory;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;

/// Writes small files with parquet-hadoop's example writer.
final class GroupFile {
    private GroupFile() {}

    /// Writes `rows` rows, each filled by `fill`.
    static void write(
            Path file,
            String schema,
            int rows,
            UnaryOperator<ExampleParquetWriter.Builder> options,
            BiConsumer<Group, Integer> fill)
            throws IOException {
        MessageType type = MessageTypeParser.parseMessageType(schema);
        SimpleGroupFactory groups = new SimpleGroupFactory(type);
        ExampleParquetWriter.Builder builder =
                ExampleParquetWriter.builder(new LocalOutputFile(file))
                        .withConf(new PlainParquetConfiguration())
                        .withType(type)
                        .withCompressionCodec(CompressionCodecName.UNCOMPRESSED);
        try (ParquetWriter<Group> writer = options.apply(builder).build()) {
            for (int i = 0; i < rows; i++) {
                Group group = groups.newGroup();
                fill.accept(group, i);
                writer.write(group);
            }
        }
    }
}
