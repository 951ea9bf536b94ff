# A scenario come to life: everything of sim/world as a library, with the library of scenarios inside.
set(library ${CMAKE_CURRENT_BINARY_DIR}/library_files.c)
file(GLOB library_files CONFIGURE_DEPENDS scenarios/*.yaml scenarios/ike/*.yaml
     scenarios/ietf68/*.yaml scenarios/attacks/*.yaml scenarios/comparisons/*.yaml scenarios/traces/* scenarios/profiles/*
     scenarios/certs/*)
add_custom_command(OUTPUT ${library} VERBATIM
    COMMAND ${CMAKE_COMMAND} -DFOLDER=${PROJECT_SOURCE_DIR}/scenarios -DTO=${library}
            -P ${PROJECT_SOURCE_DIR}/sim/world/embed.cmake
    DEPENDS ${library_files} ${PROJECT_SOURCE_DIR}/sim/world/embed.cmake)
file(GLOB world_sources CONFIGURE_DEPENDS sim/world/*.c)
add_library(sim_world STATIC ${world_sources} ${library})
target_link_libraries(sim_world PUBLIC sim_batch sim_live sim_mobility traces scenarios models_node)
