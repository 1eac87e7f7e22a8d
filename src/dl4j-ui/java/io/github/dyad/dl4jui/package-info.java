/**
 * A run on Deeplearning4j's training UI: {@code ./dyad run FILE --ui dl4j}. Start at {@link
 * io.github.dyad.dl4jui.Dl4jUi}.
 *
 * <p>A build of its own (profile {@code dl4j-ui}), since the UI brings 65 libraries. It listens on
 * 127.0.0.1 alone; nothing here reaches the weights.
 */
package io.github.dyad.dl4jui;
