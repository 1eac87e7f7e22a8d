package io.github.dyad;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The rooms and their directions; who needs another one changes this table first. */
@AnalyzeClasses(packages = "io.github.dyad", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {

  @ArchTest
  static final ArchRule rooms_depend_downwards_only =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .withOptionalLayers(true)
          .layer("cli")
          .definedBy("..dyad.cli..")
          .layer("cluster")
          .definedBy("..dyad.cluster..")
          .layer("search")
          .definedBy("..dyad.search..")
          .layer("report")
          .definedBy("..dyad.report..")
          .layer("paper")
          .definedBy("..dyad.paper..")
          .layer("experiment")
          .definedBy("..dyad.experiment..")
          .layer("method")
          .definedBy("..dyad.method..")
          .layer("anomaly")
          .definedBy("..dyad.anomaly..")
          .layer("distillation")
          .definedBy("..dyad.distillation..")
          .layer("student")
          .definedBy("..dyad.student..")
          .layer("teacher")
          .definedBy("..dyad.teacher..")
          .layer("graph")
          .definedBy("..dyad.graph..")
          .layer("kernel")
          .definedBy("..dyad.kernel..")
          .layer("data")
          .definedBy("..dyad.data..")
          .layer("metric")
          .definedBy("..dyad.metric..")
          .whereLayer("cli")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("cluster")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("search")
          .mayOnlyBeAccessedByLayers("cli")
          .whereLayer("report")
          .mayOnlyBeAccessedByLayers("cli")
          .whereLayer("paper")
          .mayOnlyBeAccessedByLayers("cli", "report")
          .whereLayer("experiment")
          .mayOnlyBeAccessedByLayers("cli", "cluster", "search", "report", "paper")
          .whereLayer("method")
          .mayOnlyBeAccessedByLayers("cli", "search", "report", "experiment")
          .whereLayer("anomaly")
          .mayOnlyBeAccessedByLayers("cli", "cluster", "search", "report", "experiment", "method")
          .whereLayer("distillation")
          .mayOnlyBeAccessedByLayers("cli", "search", "report", "experiment", "anomaly", "method")
          .whereLayer("student")
          .mayOnlyBeAccessedByLayers(
              "cli", "search", "experiment", "anomaly", "method", "distillation")
          .whereLayer("teacher")
          .mayOnlyBeAccessedByLayers(
              "cli", "search", "experiment", "anomaly", "method", "distillation", "student")
          .whereLayer("graph")
          .mayOnlyBeAccessedByLayers(
              "cli", "experiment", "anomaly", "method", "distillation", "student", "teacher")
          .whereLayer("kernel")
          .mayOnlyBeAccessedByLayers(
              "cli",
              "experiment",
              "anomaly",
              "method",
              "distillation",
              "student",
              "teacher",
              "graph")
          .whereLayer("data")
          .mayOnlyBeAccessedByLayers("cli", "cluster", "search", "report", "experiment")
          .whereLayer("metric")
          .mayOnlyBeAccessedByLayers("cli", "search", "report", "paper", "experiment");

  @ArchTest
  static final ArchRule rooms_form_no_cycle =
      slices().matching("io.github.dyad.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule metrics_data_and_paper_know_no_nd4j =
      noClasses()
          .that()
          .resideInAnyPackage("..dyad.metric..", "..dyad.data..", "..dyad.paper..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.nd4j..", "org.bytedeco..")
          .because("they are checked on plain arrays and must start at once");

  @ArchTest
  static final ArchRule kernels_know_no_graph =
      noClasses()
          .that()
          .resideInAPackage("..dyad.kernel..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.nd4j.autodiff..")
          .because("a kernel is held against a scalar loop, not against a graph");

  @ArchTest
  static final ArchRule only_search_imports_arbiter =
      noClasses()
          .that()
          .resideOutsideOfPackage("..dyad.search..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.deeplearning4j.arbiter..")
          .because("Arbiter is built against another ND4J");

  @ArchTest
  static final ArchRule only_the_cluster_imports_spark =
      noClasses()
          .that()
          .resideOutsideOfPackage("..dyad.cluster..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.spark..")
          .because("the default build has no Spark");

  @ArchTest
  static final ArchRule only_commands_know_picocli =
      noClasses()
          .that()
          .resideOutsideOfPackage("..dyad.cli..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("picocli..", "me.tongfei..");

  @ArchTest
  static final ArchRule nothing_reads_java_serialization =
      noClasses()
          .should()
          .dependOnClassesThat()
          .haveFullyQualifiedName("java.io.ObjectInputStream")
          .because("a model file must not be able to run code");
}
