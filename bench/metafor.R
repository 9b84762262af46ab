# Times metafor's rma over many syntheses and writes their tau2; run by bench/synthesis.py.
# Arguments: studies (CSV with yi, vi), results (CSV to be written), studies a synthesis, repeats, seconds.
suppressMessages(library(metafor))
given <- commandArgs(trailingOnly = TRUE)
studies <- read.csv(given[1])
size <- as.integer(given[3])
sets <- nrow(studies) / size
rows <- split(seq_len(nrow(studies)), rep(seq_len(sets), each = size))
yi <- lapply(rows, function(row) studies$yi[row])
vi <- lapply(rows, function(row) studies$vi[row])
tau2 <- rep(NA_real_, sets)
spent <- 0
for (run in seq_len(as.integer(given[4]))) {
  took <- system.time(
    for (set in seq_len(sets)) {
      fit <- tryCatch(suppressWarnings(rma(yi[[set]], vi[[set]], method = "REML")), error = function(e) NULL)
      tau2[set] <- if (is.null(fit)) NA else fit$tau2
    }
  )[["elapsed"]]
  cat(took, "\n")
  spent <- spent + took
  if (spent > as.numeric(given[5])) break
}
writeLines(c("tau2", sprintf("%.17g", tau2)), given[2])
