#include "apps/arguments.h"

namespace cimera::apps {
namespace {

constexpr Option kOptions[] = {
    {"network", "N", "the embedded synthetic digits network", "network: a catalog name, or an .onnx file",
     "`cimera list networks` prints the names. The default is a small convolutional network that was trained on "
     "synthetic digits drawn by cimera itself: it shows how things work, and says nothing about real handwriting.",
     false},
    {"matrix", "W.npy", "", "the matrix, outputs x inputs: y = W x", "A NumPy file of two dimensions.", false},
    {"input", "X.npy", "", "the vectors: one, or one per row",
     "A NumPy file whose last dimension is that of the matrix.", false},
    {"output", "Y.npy", "", "write the products of the first trial, one per row", "", false},
    {"device", "D,..", "the machine's own", "memory cell, or several to compare: catalog names, or .yaml files",
     "`cimera list devices` prints the names.", false},
    {"layer", "L", "", "one layer: conv:IN,OUT,KxK,HxW, gemm:M,N,K, gemv:OUT,IN, or the name of one of --network",
     "Without --network it is a network by itself. conv:IN,OUT,KxK,HxW[,stride=S][,pad=P][,groups=G][,dilation=D] "
     "reads "
     "IN channels of H x W pixels and has no padding unless pad says so; gemm:M,N,K multiplies M inputs of K values "
     "with "
     "K x N weights; gemv:OUT,IN multiplies one. With --network it names a layer that `cimera describe network` lists. "
     "Either is run on random tensors. `explain` with a name shows that layer in detail, within its network.",
     false},
    {"phase", "P", "the network's own", "of a transformer: prefill reads all tokens at once, decode one more",
     "A decode finds the keys and values of the tokens before it in memory.", false},
    {"context", "TOKENS", "the network's own", "of a transformer: how many tokens it looks at", "", false},
    {"data", "D", "synthetic digits, for the default network only",
     "samples to evaluate: mnist:DIR, cifar10:PATH, npz:FILE, npy:X,Y, tokens:FILE",
     "mnist:DIR is a folder with the test files of MNIST (IDX, .gz or not), or mnist:IMAGES,LABELS. cifar10:PATH is a "
     ".bin file, or a folder with test_batch*.bin. npz:FILE has the arrays images and labels, or x and y. npy:X,Y are "
     "two .npy files; the labels may be left out. tokens:FILE is a .npy file of token ids, for networks that read "
     "tokens: it is cut into samples of as many as the network reads. Without --data the default network gets the "
     "synthetic "
     "digits that it was made for, and of any other network the accuracy is not measured. "
     "Networks of the catalog that have shapes only are run on random tensors, and take no data.",
     false},
    {"samples", "COUNT", "all; 2000 of the synthetic digits", "evaluate only the first COUNT samples", "", false},
    {"input-scale", "X", "1", "the network is fed (x / scale - mean) / std",
     "255 for networks that were trained on pixels between 0 and 1.", false},
    {"input-mean", "M,M,..", "0", "mean of each channel, or one for all", "", false},
    {"input-std", "S,S,..", "1", "standard deviation of each channel, or one for all", "", false},
    {"machine", "M", "isaac", "machine: a catalog name, or a .yaml file", "`cimera list machines` prints the names.",
     false},
    {"machines", "A,B,..", "isaac,cpu_ddr4", "machines to compare: catalog names, or .yaml files",
     "`cimera list machines` prints the names.", false},
    {"devices", "A,B,..", "", "memory cells to compare, in the place of that of --on: names, or .yaml files",
     "`cimera list devices` prints the names. Each makes a machine MACHINE/DEVICE; --set isaac:cell.KEY=VALUE changes "
     "all of them. A baseline may be named by its device.",
     false},
    {"on", "M", "isaac", "machine whose cells --devices are", "", false},
    {"normalize", "HOW", "none", "none; area, power: as many copies of each machine as the baseline has of it",
     "area: copies of a machine that have together the area of the baseline (the first machine, if none is named); "
     "power: that draw together its power in this run. Copies may be a fraction, and each works on images of its own: "
     "latencies and energies stay, images per second, area and power are those of all copies.",
     false},
    {"baseline", "M", "", "compare every machine with this one of --machines", "", false},
    {"batch", "B,B,..", "1", "batch sizes: images that enter together", "", false},
    {"bits", "W,A", "the machine's own", "precision of weights and of activations, 1 to 16 bits each",
     "The network is quantised after training: weights symmetrically per output channel, activations per tensor. "
     "Machines that compute in FP32 are not affected. A network whose file holds integers already keeps its own bits.",
     false},
    {"calibrate", "D[:COUNT]", "see `describe option calibrate`", "samples that the ranges of activations come from",
     "As --data; COUNT is 256 if not given. Without it, the synthetic digits are calibrated on pictures that the "
     "network was trained on, and other data on the first 256 samples that are evaluated: their images are used, not "
     "their labels, and every report says so. A network whose file holds all ranges already takes none.",
     false},
    {"calibration", "HOW", "minmax", "minmax, percentile (99.9 %), or mse",
     "minmax: the range covers everything that occurs. percentile: activations beyond 99.9 % of all magnitudes are "
     "clipped. mse: ranges of weights and activations that make the mean square error smallest.",
     false},
    {"trials", "T", "1", "draw the devices so many times, and report mean and spread",
     "A machine whose cells have no error is run once whatever is asked for.", false},
    {"set", "[M:]KEY=VALUE", "", "change a parameter of a machine or of its cell",
     "--set isaac:cell.sigma_program=0.1 gives the cells of isaac a programming error of 10 %. Without MACHINE it "
     "changes every machine that has the key, hosts included. `cimera describe machine M` prints keys, units and "
     "values.",
     true},
    {"seed", "S", "1", "seed of all random draws; equal seeds repeat a run bit for bit",
     "On one kind of processor. The ranges of activations are calibrated in FP32, whose last bits depend on the "
     "instruction set that oneDNN finds, and the last digits of accuracies depend on them: DNNL_MAX_CPU_ISA=SSE41 in "
     "the "
     "environment gives the same on every x86-64 processor.",
     false},
    {"fidelity", "F", "auto", "cost: closed form; timing: SystemC; auto: timing where it takes below 20 s",
     "cost is a lower bound of the latency; the two agree where nothing contends for the same unit. auto takes the "
     "timing reading for programs of at most 20 million passages through units (a million passages per second). The "
     "reports say which one answered, and by how much they differ.",
     false},
    {"periods", "P", "skip", "skip: the timing reading jumps over images that repeat earlier ones; play: it plays all",
     "An image repeats an earlier one when the whole state of the machine at its end is the same, all times taken "
     "relative to that end. Both ways give the same result; skipped_blocks says how many were jumped over.",
     false},
    {"threads", "COUNT", "all cores", "threads to use; results do not depend on it", "", false},
    {"out", "DIR", "", "also write the results as files into DIR",
     "results.json (as --json), layers.csv, inputs.resolved.json (every parameter, with its source); explain writes "
     "its "
     "figures (.svg). The folder appears only when the run has succeeded. export spice writes its netlist into "
     "this file instead.",
     false},
    {"plot", "FILE.svg", "", "of a device: also draw its laws, with cells that are drawn from them",
     "Error of programming, its standard deviation and that of reads; where the cell has them, conductance over time "
     "and "
     "current over voltage.",
     false},
    {"json", "", "", "print JSON on standard output instead of tables", "docs/cli.md lists the keys.", false},
    {"shard", "I/N", "", "sweep: evaluate only part I of N",
     "Each point belongs to one part, the same in every call. Parts may be evaluated at the same time, also on "
     "different "
     "computers that share the folder of --out. When all are done, --merge writes the results.",
     false},
    {"merge", "", "", "sweep: evaluate nothing, write the results of all parts", "Refused while points are missing.",
     false},
    {"first", "I", "0", "index of the first sample to write", "", false},
    {"count", "COUNT", "1000", "number of samples to write", "", false},
    {"array", "I", "0", "of a layer that takes several arrays: which", "", false},
    {"rows", "COUNT", "all", "rows of the array to write, the last ones, next to the sense amplifiers",
     "At most 64. Cells of other rows are not connected, and rows have no resistance beyond the columns written.",
     false},
    {"columns", "COUNT", "all", "columns of the array to write, the first ones, next to the row drivers", "At most 64.",
     false},
    {"help", "", "", "print this", "", false},
};

}  // namespace

std::span<const Option> option_table() { return kOptions; }

}  // namespace cimera::apps
