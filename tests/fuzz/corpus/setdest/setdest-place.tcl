$ns_ at 5.0 "$node_(0) setdest 1 1 1"
