package io.neuralake.conformance.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;

import org.junit.jupiter.api.Test;

/// Holds the code to the directions between packages which `docs/architecture.md` draws.
class ArchitectureTest {

    private static final String SPI = "io.neuralake.spi..";
    private static final String STORAGE = "io.neuralake.storage..";
    private static final String CONNECTORS = "io.neuralake.connector..";
    private static final String EXEC = "io.neuralake.exec..";
    private static final String PLANNER = "io.neuralake.planner..";
    private static final String FLIGHT = "io.neuralake.flight..";
    private static final String SERVER = "io.neuralake.server..";
    private static final String CALCITE = "org.apache.calcite..";

    private static final JavaClasses OURS =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages("io.neuralake");

    @Test
    void spiDependsOnNothingOfOurs() {
        check(
                noClasses()
                        .that()
                        .resideInAPackage(SPI)
                        .should()
                        .dependOnClassesThat(
                                JavaClass.Predicates.resideInAPackage("io.neuralake..")
                                        .and(JavaClass.Predicates.resideOutsideOfPackage(SPI))));
    }

    @Test
    void storageDependsOnTheSpiAlone() {
        forbid(STORAGE, CONNECTORS, EXEC, PLANNER, FLIGHT, SERVER);
    }

    @Test
    void connectorsDoNotKnowTheEngine() {
        forbid(CONNECTORS, EXEC, PLANNER, FLIGHT, SERVER, CALCITE);
    }

    @Test
    void executorKnowsNeitherCalciteNorConnectors() {
        forbid(EXEC, CALCITE, CONNECTORS, STORAGE, PLANNER, FLIGHT, SERVER);
    }

    @Test
    void plannerKnowsNeitherConnectorsNorProtocol() {
        forbid(PLANNER, CONNECTORS, STORAGE, FLIGHT, SERVER);
    }

    @Test
    void flightKnowsNeitherConnectorsNorServer() {
        forbid(FLIGHT, CONNECTORS, STORAGE, SERVER);
    }

    @Test
    void plannerIsUsedByFlightAndServerAlone() {
        check(
                classes()
                        .that()
                        .resideInAPackage(PLANNER)
                        .should()
                        .onlyBeAccessed()
                        .byAnyPackage(
                                PLANNER,
                                FLIGHT,
                                SERVER,
                                "io.neuralake.benchmarks..",
                                "io.neuralake.conformance.."));
    }

    @Test
    void vectorsStayBehindTheKernels() {
        check(
                noClasses()
                        .that()
                        .resideOutsideOfPackages(
                                "io.neuralake.exec.kernel.vector..",
                                "io.neuralake.connector.parquet.decode.vector..",
                                "io.neuralake.spi.simd..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage("jdk.incubator.vector.."));
    }

    @Test
    void deltaKernelStaysBehindItsAdapter() {
        check(
                noClasses()
                        .that()
                        .resideOutsideOfPackage("io.neuralake.connector.delta.engine..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage("io.delta.."));
    }

    @Test
    void operatorFamiliesDoNotImportEachOther() {
        check(
                slices().matching("io.neuralake.exec.operator.(*)..")
                        .should()
                        .notDependOnEachOther());
    }

    @Test
    void namesSayWhatAClassIs() {
        check(
                noClasses()
                        .that()
                        .resideOutsideOfPackage("io.neuralake.planner.sql.grammar")
                        .should()
                        .haveNameMatching(
                                ".*(Utils|Util|Helper|Helpers|Common|Manager|Impl)(\\$.*)?"));
    }

    private static void forbid(String from, String... to) {
        check(
                noClasses()
                        .that()
                        .resideInAPackage(from)
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(to));
    }

    private static void check(ArchRule rule) {
        rule.allowEmptyShould(true).check(OURS);
    }
}
