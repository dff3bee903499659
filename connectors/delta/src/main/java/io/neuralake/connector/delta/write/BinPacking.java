package io.neuralake.connector.delta.write;

import io.neuralake.connector.delta.log.AddFile;
import io.neuralake.connector.delta.scan.DeltaTable;
import io.neuralake.connector.delta.scan.FileSet;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Divides files into groups that are worth writing anew, each of one partition.
public final class BinPacking {
    /// A file below this share of the target size is small: files of a compaction are seldom just as large.
    private static final double SMALL_SHARE = 0.75;

    /// A file of which more rows are deleted is written anew in any case.
    private static final double MAX_DELETED_SHARE = 0.05;

    private BinPacking() {}

    /// A group that is being filled.
    private static final class Bin {
        private final List<AddFile> files = new ArrayList<>();
        private double bytes;
    }

    /// Returns groups of small files, which together make about one file each, and of files with many deleted rows.
    /// Nothing is worth it for a small file alone.
    ///
    /// @param files of the table
    public static List<FileSet> small(DeltaTable table, List<AddFile> files, long targetBytes) {
        return small(table, files, targetBytes, 2);
    }

    /// Returns groups of many files: the smallest of each partition together.
    ///
    /// @param files of the table
    /// @param minFiles of a group; with 2, groups are those of [#small(DeltaTable, List, long)]
    public static List<FileSet> small(
            DeltaTable table, List<AddFile> files, long targetBytes, int minFiles) {
        List<FileSet> groups = new ArrayList<>();
        for (List<AddFile> partition : partitions(files)) {
            List<AddFile> chosen = new ArrayList<>();
            for (AddFile file : partition) {
                if (file.size() < targetBytes * SMALL_SHARE || hasManyDeletions(file)) {
                    chosen.add(file);
                }
            }
            chosen.sort(Comparator.comparingDouble(BinPacking::liveBytes).reversed());
            if (minFiles > 2) {
                for (Bin bin : packMany(chosen, targetBytes)) {
                    if (bin.files.size() >= minFiles) {
                        groups.add(group(table, bin.files));
                    }
                }
                continue;
            }
            for (Bin bin : pack(chosen, targetBytes)) {
                if (bin.files.size() > 1 || hasManyDeletions(bin.files.getFirst())) {
                    groups.add(group(table, bin.files));
                }
            }
        }
        return groups;
    }

    /// Returns files, those of each partition as one group, whose rows can be brought into an order.
    ///
    /// @param files of the table
    public static List<FileSet> all(DeltaTable table, List<AddFile> files) {
        List<FileSet> groups = new ArrayList<>();
        for (List<AddFile> partition : partitions(files)) {
            groups.add(group(table, partition));
        }
        return groups;
    }

    /// Rows come with their addresses if they keep identifiers.
    private static FileSet group(DeltaTable table, List<AddFile> files) {
        return new FileSet(table, files, table.state().metadata().rowColumns() != null);
    }

    /// Puts each file, the largest first, where it leaves least room.
    private static List<Bin> pack(List<AddFile> files, long targetBytes) {
        List<Bin> bins = new ArrayList<>();
        TreeMap<Double, ArrayDeque<Bin>> byRoom = new TreeMap<>();
        for (AddFile file : files) {
            double bytes = liveBytes(file);
            Map.Entry<Double, ArrayDeque<Bin>> least = byRoom.ceilingEntry(bytes);
            Bin bin;
            if (least == null) {
                bin = new Bin();
                bins.add(bin);
            } else {
                bin = least.getValue().remove();
                if (least.getValue().isEmpty()) {
                    byRoom.remove(least.getKey());
                }
            }
            bin.files.add(file);
            bin.bytes += bytes;
            byRoom.computeIfAbsent(targetBytes - bin.bytes, unseen -> new ArrayDeque<>()).add(bin);
        }
        return bins;
    }

    /// Puts files, the smallest first, together until they are one of the target size: the first bin has as many as any.
    private static List<Bin> packMany(List<AddFile> files, long targetBytes) {
        List<Bin> bins = new ArrayList<>();
        Bin bin = new Bin();
        for (AddFile file : files.reversed()) {
            double bytes = liveBytes(file);
            if (!bin.files.isEmpty() && bin.bytes + bytes > targetBytes) {
                bins.add(bin);
                bin = new Bin();
            }
            bin.files.add(file);
            bin.bytes += bytes;
        }
        bins.add(bin);
        return bins;
    }

    private static Collection<List<AddFile>> partitions(List<AddFile> files) {
        Map<Map<String, @Nullable String>, List<AddFile>> partitions = new LinkedHashMap<>();
        for (AddFile file : files) {
            partitions
                    .computeIfAbsent(file.partitionValues(), unseen -> new ArrayList<>())
                    .add(file);
        }
        return partitions.values();
    }

    private static boolean hasManyDeletions(AddFile file) {
        return deletedShare(file) > MAX_DELETED_SHARE;
    }

    private static double deletedShare(AddFile file) {
        if (file.deletionVector() == null) {
            return 0;
        }
        long deleted = file.deletionVector().cardinality();
        long live = file.rowCount();
        return live < 0 ? 1 : deleted == 0 ? 0 : (double) deleted / (live + deleted);
    }

    /// Returns the bytes that a file's rows take which are not deleted, about.
    private static double liveBytes(AddFile file) {
        return file.size() * (1 - deletedShare(file));
    }
}
