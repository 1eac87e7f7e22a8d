/**
 * The published tables with their citations, and the comparison of result rows with them. Start at
 * {@link PaperTables} and {@link Comparison}.
 *
 * <p>Every class here keeps: numbers of the paper are texts as they were printed, in percent; a
 * printed mean is never silently replaced by the recomputed one; a result is never set beside a
 * printed number without what makes it a smaller run than the paper's. No ND4J, and nothing of the
 * runner: rows come as {@link OwnResult}, from a CSV file or from a caller.
 *
 * <p>Which methods Dyad runs stands in {@code methods.csv}; what a trial's options are in the
 * paper's words in {@link Contender}; what the paper ran in {@link PaperProtocol}. A new table is a
 * CSV resource, a line in {@code tables.csv} and, to be compared with, a case in {@link
 * CellMeaning}.
 */
package io.github.dyad.paper;
