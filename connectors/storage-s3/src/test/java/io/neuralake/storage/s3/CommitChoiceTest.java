package io.neuralake.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.Objects;

class CommitChoiceTest {
    @Test
    void longestFolderDecides() {
        CommitChoice choice =
                CommitChoice.parse("dynamodb, s3://b/lake=conditional,s3a://b/lake/t/=DynamoDB");
        assertThat(choice.of(S3Path.of("s3://other/x"))).isEqualTo(CommitMode.DYNAMODB);
        assertThat(choice.of(S3Path.of("s3://b/lake/u"))).isEqualTo(CommitMode.CONDITIONAL);
        assertThat(choice.of(S3Path.of("s3://b/lake/t"))).isEqualTo(CommitMode.DYNAMODB);
        assertThat(choice.of(S3Path.of("s3a://b/lake/t/v"))).isEqualTo(CommitMode.DYNAMODB);
        assertThat(choice.of(S3Path.of("s3://b/lake/tt"))).isEqualTo(CommitMode.CONDITIONAL);
        assertThat(choice.usesDynamo()).isTrue();
        assertThat(CommitChoice.parse("conditional")).isEqualTo(CommitChoice.DEFAULT);
    }

    @Test
    void otherWordsAreRefused() {
        assertThatThrownBy(() -> CommitChoice.parse("maybe"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("conditional or dynamodb");
        assertThatThrownBy(() -> CommitChoice.parse("s3://b/t="))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void commitsAreToldFromOtherFiles() {
        String name = "00000000000000000012.json";
        CommitPath commit =
                Objects.requireNonNull(
                        CommitPath.of(S3Path.of("s3://b/lake/t/_delta_log/" + name)));
        assertThat(commit.table().toString()).isEqualTo("s3://b/lake/t");
        assertThat(commit.version()).isEqualTo(12);
        assertThat(commit.file()).isEqualTo("s3://b/lake/t/_delta_log/" + name);
        CommitPath atTop =
                Objects.requireNonNull(CommitPath.of(S3Path.of("s3://b/_delta_log/" + name)));
        assertThat(atTop.table().toString()).isEqualTo("s3://b");
        assertThat(atTop.file()).isEqualTo("s3://b/_delta_log/" + name);
        assertThat(CommitPath.of(S3Path.of("s3://b/t/_delta_log/12.json"))).isNull();
        assertThat(CommitPath.of(S3Path.of("s3://b/t/_delta_log/" + name + ".tmp"))).isNull();
        assertThat(CommitPath.tableOfLog(S3Path.of("s3://b/t/_delta_log")))
                .isEqualTo(S3Path.of("s3://b/t"));
        assertThat(CommitPath.tableOfLog(S3Path.of("s3://b/t"))).isNull();
    }
}
