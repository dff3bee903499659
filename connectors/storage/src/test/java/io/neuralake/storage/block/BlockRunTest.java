package io.neuralake.storage.block;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;

class BlockRunTest {
    private static final int BLOCK = 256 << 10;

    @Test
    void rangesBecomeBlocks() {
        assertThat(
                        BlockRun.blocks(
                                List.of(
                                        new ByteRange(BLOCK - 1, 2),
                                        new ByteRange(5L * BLOCK, BLOCK),
                                        new ByteRange(9L * BLOCK, 0)),
                                BLOCK))
                .containsExactly(0, 1, 5);
    }

    @Test
    void nearBlocksAreOneRequest() {
        assertThat(BlockRun.of(List.of(0, 1, 5, 11), BLOCK))
                .containsExactly(new BlockRun(0, 6), new BlockRun(11, 1));
        assertThat(BlockRun.of(List.of(), BLOCK)).isEmpty();
    }

    @Test
    void requestsAreBounded() {
        List<Integer> blocks = java.util.stream.IntStream.range(0, 70).boxed().toList();
        assertThat(BlockRun.of(blocks, BLOCK))
                .containsExactly(new BlockRun(0, 32), new BlockRun(32, 32), new BlockRun(64, 6));
    }
}
