package io.neuralake.server.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;

class CheckedOutputTest {
    private static final class Failing extends OutputStream {
        private final String message;

        Failing(String message) {
            this.message = message;
        }

        @Override
        public void write(int b) throws IOException {
            throw new IOException(message);
        }
    }

    @Test
    void holdsBytesBackUntilItIsFlushed() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CheckedOutput out = new CheckedOutput(bytes);
        out.write('a');
        out.write(new byte[] {'b', 'c', 'd'}, 1, 2);
        assertThat(bytes.size()).isZero();
        out.flush();
        assertThat(bytes.toString()).isEqualTo("acd");
    }

    @Test
    void failureIsNotForgottenWhenItIsFlushedAgain() throws IOException {
        CheckedOutput out = new CheckedOutput(new Failing("No space left on device"));
        out.write('a');
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(out::flush)
                    .isInstanceOf(OutputLostException.class)
                    .hasMessage("Cannot write the output: No space left on device");
        }
        assertThatThrownBy(() -> out.write(new byte[1 << 17]))
                .isInstanceOf(OutputLostException.class);
        assertThatThrownBy(out::close).isInstanceOf(OutputLostException.class);
    }

    @Test
    void tellsAReaderThatLeftFromOtherFailures() throws IOException {
        assertThat(lost("Broken pipe").readerLeft()).isTrue();
        assertThat(lost("No space left on device").readerLeft()).isFalse();
    }

    private static OutputLostException lost(String message) throws IOException {
        CheckedOutput out = new CheckedOutput(new Failing(message));
        out.write('a');
        try {
            out.flush();
        } catch (OutputLostException e) {
            return e;
        }
        throw new AssertionError("nothing was thrown");
    }
}
