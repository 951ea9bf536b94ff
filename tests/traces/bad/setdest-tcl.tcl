set val(nn) 5
