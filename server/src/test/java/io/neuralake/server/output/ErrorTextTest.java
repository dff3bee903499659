package io.neuralake.server.output;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.error.SqlPosition;

import org.junit.jupiter.api.Test;

class ErrorTextTest {
    private static NeuralakeException at(int line, int column) {
        return new NeuralakeException(
                ErrorCode.COLUMN_NOT_FOUND,
                "Column not found: x",
                new SqlPosition(line, column),
                null);
    }

    @Test
    void messageEndsWithStateAndPosition() {
        assertThat(ErrorText.message(at(2, 7)))
                .isEqualTo("error: Column not found: x [42703] at line 2, column 7");
        assertThat(ErrorText.message(new NeuralakeException(ErrorCode.DISK_FULL, "Disk is full")))
                .isEqualTo("error: Disk is full [53100]");
    }

    @Test
    void pointerStandsBelowTheColumn() {
        assertThat(ErrorText.pointer("SELECT 1,\n  x\nFROM t", at(2, 3))).isEqualTo("  x\n  ^\n");
        assertThat(ErrorText.pointer("SELECT\t'日本', x", at(1, 14)))
                .as("tabs are one cell, wide characters two")
                .isEqualTo("SELECT '日本', x\n" + " ".repeat(15) + "^\n");
        assertThat(ErrorText.pointer("SELECT", at(1, 99))).isEqualTo("SELECT\n      ^\n");
    }

    @Test
    void positionOutsideTheTextHasNoPointer() {
        assertThat(ErrorText.pointer("SELECT x", at(2, 1))).isEmpty();
        assertThat(
                        ErrorText.pointer(
                                "SELECT x", new NeuralakeException(ErrorCode.DISK_FULL, "full")))
                .isEmpty();
    }

    @Test
    void otherErrorsAreNamed() {
        NeuralakeException known = at(1, 1);
        assertThat(ErrorText.known(known)).isSameAs(known);
        assertThat(ErrorText.known(new StackOverflowError()).code())
                .isEqualTo(ErrorCode.STATEMENT_TOO_COMPLEX);
        assertThat(ErrorText.known(new OutOfMemoryError("Java heap space")))
                .hasMessage("Out of memory: Java heap space")
                .extracting(NeuralakeException::code)
                .isEqualTo(ErrorCode.OUT_OF_MEMORY);
        NeuralakeException internal = ErrorText.known(new IllegalStateException("broken"));
        assertThat(internal.code()).isEqualTo(ErrorCode.INTERNAL_ERROR);
        assertThat(ErrorText.details(internal)).startsWith("this is a defect; ").hasLineCount(1);
        assertThat(ErrorText.details(known)).isEmpty();
    }
}
