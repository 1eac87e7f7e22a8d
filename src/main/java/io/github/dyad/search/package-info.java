/**
 * Finds hyperparameters: Arbiter proposes candidates, each of which is run as a trial on a
 * validation split of training images. Start at {@link io.github.dyad.search.Search}.
 *
 * <p>Every class here keeps: no test image is opened; the same file and seed give the same
 * candidates, in the same order, however often the search is interrupted; candidate 0 is the base
 * as it stands. This is the only package that imports Arbiter, and of Arbiter only its generators
 * and parameter spaces (docs/adr/0010). A new kind of candidates is a constant of {@link
 * io.github.dyad.search.SearchConfig.Generator} and a case of {@code Proposals}.
 */
package io.github.dyad.search;
