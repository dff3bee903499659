package io.neuralake.exec.function.aggregate;

import java.nio.ByteBuffer;
import java.util.Arrays;

/// Estimates quantiles from centroids that are small at both ends: the merging t-digest of Dunning
/// and Ertl (Computing extremely accurate quantiles using t-digests, 2019) with scale function k1.
/// Values are kept as they are until the first buffer is full, and then the estimate is exact.
final class TDigest implements ObjectAccumulator.Sketch<TDigest> {
    private static final double COMPRESSION = 200;
    private static final int MAX_CENTROIDS = 2 * (int) COMPRESSION;
    private static final int BUFFER = 4 * (int) COMPRESSION;

    private double[] means = new double[16];
    private double[] weights = new double[16];
    private int count;
    private int merged;
    private double min = Double.POSITIVE_INFINITY;
    private double max = Double.NEGATIVE_INFINITY;

    TDigest() {}

    /// Makes what [#toBytes] gave.
    TDigest(byte[] bytes) {
        ByteBuffer from = ByteBuffer.wrap(bytes);
        count = from.getInt();
        merged = from.getInt();
        min = from.getDouble();
        max = from.getDouble();
        means = new double[Math.max(16, count)];
        weights = new double[means.length];
        for (int i = 0; i < count; i++) {
            means[i] = from.getDouble();
            weights[i] = from.getDouble();
        }
    }

    @Override
    public byte[] toBytes() {
        ByteBuffer to = ByteBuffer.allocate(24 + 16 * count);
        to.putInt(count).putInt(merged).putDouble(min).putDouble(max);
        for (int i = 0; i < count; i++) {
            to.putDouble(means[i]).putDouble(weights[i]);
        }
        return to.array();
    }

    void add(double value) {
        add(value, 1);
        min = Math.min(min, value);
        max = Math.max(max, value);
    }

    private void add(double mean, double weight) {
        if (count == means.length) {
            if (count >= MAX_CENTROIDS + BUFFER) {
                compress();
            } else {
                int capacity = Math.min(count * 2, MAX_CENTROIDS + BUFFER);
                means = Arrays.copyOf(means, capacity);
                weights = Arrays.copyOf(weights, capacity);
            }
        }
        means[count] = mean;
        weights[count] = weight;
        count++;
    }

    @Override
    public void merge(TDigest other) {
        for (int i = 0; i < other.count; i++) {
            add(other.means[i], other.weights[i]);
        }
        min = Math.min(min, other.min);
        max = Math.max(max, other.max);
    }

    private void sort() {
        Integer[] order = new Integer[count];
        Arrays.setAll(order, i -> i);
        double[] oldMeans = Arrays.copyOf(means, count);
        double[] oldWeights = Arrays.copyOf(weights, count);
        Arrays.sort(order, (a, b) -> Double.compare(oldMeans[a], oldMeans[b]));
        for (int i = 0; i < count; i++) {
            means[i] = oldMeans[order[i]];
            weights[i] = oldWeights[order[i]];
        }
    }

    private void compress() {
        sort();
        double total = 0;
        for (int i = 0; i < count; i++) {
            total += weights[i];
        }
        int last = 0;
        double before = 0;
        double limit = total * inverse(scale(0) + 1);
        for (int i = 1; i < count; i++) {
            double weight = weights[last] + weights[i];
            if (before + weight <= limit) {
                means[last] += (means[i] - means[last]) * weights[i] / weight;
                weights[last] = weight;
            } else {
                before += weights[last];
                limit = total * inverse(scale(before / total) + 1);
                last++;
                means[last] = means[i];
                weights[last] = weights[i];
            }
        }
        count = last + 1;
        merged++;
    }

    private static double scale(double q) {
        return COMPRESSION / (2 * Math.PI) * Math.asin(2 * q - 1);
    }

    private static double inverse(double k) {
        double angle = k * 2 * Math.PI / COMPRESSION;
        return angle >= Math.PI / 2 ? 1 : (Math.sin(angle) + 1) / 2;
    }

    /// Returns the value at a quantile, interpolated between centroids.
    double quantile(double quantile) {
        sort();
        double total = 0;
        boolean single = true;
        for (int i = 0; i < count; i++) {
            total += weights[i];
            single &= weights[i] == 1;
        }
        if (single && merged == 0) {
            double place = quantile * (count - 1);
            int low = (int) Math.floor(place);
            int high = (int) Math.ceil(place);
            return means[low] == means[high]
                    ? means[low]
                    : means[low] + (means[high] - means[low]) * (place - low);
        }
        double target = quantile * total;
        double before = 0;
        double previousMean = min;
        double previousCenter = 0;
        for (int i = 0; i < count; i++) {
            double center = before + weights[i] / 2;
            if (target < center) {
                double share = (target - previousCenter) / (center - previousCenter);
                return previousMean + (means[i] - previousMean) * share;
            }
            before += weights[i];
            previousCenter = center;
            previousMean = means[i];
        }
        double share =
                total == previousCenter ? 1 : (target - previousCenter) / (total - previousCenter);
        return previousMean + (max - previousMean) * Math.min(1, share);
    }

    @Override
    public long bytes() {
        return 96 + 16L * means.length;
    }
}
