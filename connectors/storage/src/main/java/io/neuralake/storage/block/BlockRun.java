package io.neuralake.storage.block;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/// Blocks of one file that one request fetches: those from `first` on, `count` of them.
record BlockRun(int first, int count) {
    /// Gaps up to here are cheaper to transfer than another request (as Trino's reader of Parquet files has it).
    static final int MERGE_BYTES = 1 << 20;

    /// A request for more is split, so that parts of it arrive at the same time.
    static final int MAX_BYTES = 8 << 20;

    /// Returns the numbers of the blocks in which the ranges lie.
    static TreeSet<Integer> blocks(List<ByteRange> ranges, int blockBytes) {
        TreeSet<Integer> blocks = new TreeSet<>();
        for (ByteRange range : ranges) {
            for (long at = range.offset() / blockBytes; at * blockBytes < range.end(); at++) {
                blocks.add(Math.toIntExact(at));
            }
        }
        return blocks;
    }

    /// Combines blocks into few runs.
    ///
    /// @param blocks in ascending order
    static List<BlockRun> of(Iterable<Integer> blocks, int blockBytes) {
        int mergeBlocks = MERGE_BYTES / blockBytes;
        int maxBlocks = Math.max(1, MAX_BYTES / blockBytes);
        List<BlockRun> runs = new ArrayList<>();
        int first = -1;
        int end = -1;
        for (int block : blocks) {
            if (first >= 0 && block - end <= mergeBlocks && block + 1 - first <= maxBlocks) {
                end = block + 1;
                continue;
            }
            if (first >= 0) {
                runs.add(new BlockRun(first, end - first));
            }
            first = block;
            end = block + 1;
        }
        if (first >= 0) {
            runs.add(new BlockRun(first, end - first));
        }
        return runs;
    }
}
